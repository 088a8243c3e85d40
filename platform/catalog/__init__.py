"""A tenant's catalog: sites, areas, assets, sensors, and which asset feeds which."""
