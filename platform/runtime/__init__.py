"""The embedded installation: one folder, one supervisord, the servers under it. No Django."""
