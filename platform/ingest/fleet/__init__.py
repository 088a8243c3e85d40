"""Which devices there are and when they were heard: what arrivals need to know of devices."""
