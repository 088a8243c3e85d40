"""Sources over HTTP: named, paused, resumed, changed and deleted."""
