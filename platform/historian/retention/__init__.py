"""How long samples and rows are kept, and how they are deleted."""
