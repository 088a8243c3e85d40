"""InfluxDB's own write endpoints, answered as its clients expect."""
