"""One package for each database: nothing else imports its driver, and none of its exceptions escape."""
