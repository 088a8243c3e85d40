"""Retention of samples and rows, and their deletion."""
