"""Saved views: the state of the trends page under a name."""
