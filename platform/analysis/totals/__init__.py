"""Totals of a sensor per local hour, day, week or month."""
