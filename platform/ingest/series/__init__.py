"""How many series a tenant has and had, what creates new ones, and when its limit will be reached."""
