"""One tenant in one archive, and back into a new one."""
