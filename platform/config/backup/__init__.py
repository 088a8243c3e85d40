"""Backup of a whole embedded installation into one archive, and its restore into an empty folder."""
