"""Alarms by ISA-18.2 and IEC 62682: rules, states, the journal."""
