"""The embedded installation: one folder, one supervisord and the servers it runs. No Django."""
