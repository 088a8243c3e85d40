"""Releases in rings: each ring gets a release when the one before it is healthy on it."""
