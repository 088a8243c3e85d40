"""Times in files: formats, zones, clock changes."""
