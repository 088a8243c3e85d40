"""Maintenance plans, whose cases are opened when they are due: by time, run-hours or events, whichever is first."""
