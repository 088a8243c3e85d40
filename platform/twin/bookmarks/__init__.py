"""Moments and periods of a site that people keep: for themselves, or as notes for everybody."""
