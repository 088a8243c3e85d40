"""Corrections of stored samples: delete, shift, swap, and taking an import or another correction back."""
