"""Alarm rules: what they say, where they apply, their versions."""
