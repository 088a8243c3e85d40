"""Reading samples and rows: the plan, the sources, and what they answer as rows of one form."""
