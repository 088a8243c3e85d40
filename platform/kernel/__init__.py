"""The vocabulary every part shares: pure values and errors. No Django, no I/O."""
