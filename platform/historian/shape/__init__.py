"""From rows to what is shown of a range: downsampling, gaps, change points."""
