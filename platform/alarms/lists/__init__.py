"""Lists of alarms at a moment, and what people do with alarms."""
