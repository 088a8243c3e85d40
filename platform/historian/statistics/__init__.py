"""Statistics of any range."""
