"""Figures of any range."""
