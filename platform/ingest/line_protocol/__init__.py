"""InfluxDB line protocol: read from what clients and files send, written for InfluxDB."""
