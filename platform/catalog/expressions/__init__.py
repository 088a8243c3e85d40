"""Expressions over sensors: of calculated series, and of rules of alarms."""
