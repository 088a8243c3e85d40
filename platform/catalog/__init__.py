"""What stands in a tenant's plants: sites, areas, assets, sensors, and which asset feeds which."""
