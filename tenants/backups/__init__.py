"""Backup of a tenant into an archive, and restore into a new tenant."""
