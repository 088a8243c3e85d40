"""Backup of an embedded installation into one archive, and restore into an empty folder."""
