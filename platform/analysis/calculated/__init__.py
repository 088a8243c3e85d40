"""Calculated series: expressions over sensors, with units."""
