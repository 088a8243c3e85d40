"""What is computed from stored samples when somebody asks: totals, calculated series, runs."""
