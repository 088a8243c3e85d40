"""Corrections of stored samples: delete, shift, swap, convert, and undo of an import or another correction."""
