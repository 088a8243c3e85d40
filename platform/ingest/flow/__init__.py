"""Where samples come from and how far they get: rates, lag and losses of each stage, for the page of the data flow."""
