"""Rungs, rows and how they are computed. Pure; everything else builds on it."""
