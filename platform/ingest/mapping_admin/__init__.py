"""Mapping over HTTP: its rules, tried on what arrived; kept letters replayed; suggestions for unmapped sensors."""
