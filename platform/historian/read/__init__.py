"""Reads samples and rows: query planning, sources, and their results in one form."""
