"""Builds, repairs and verifies the stored rollups of a series."""
