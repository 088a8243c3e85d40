"""Numbers and qualities in cells."""
