"""From rows to the points shown: downsampling, gaps, change points."""
