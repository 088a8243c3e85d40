"""InfluxQL, read-only: parsed, planned and answered from the historian. No text reaches InfluxDB."""
