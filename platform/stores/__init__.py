"""One adapter per database: nothing else imports their drivers, and no foreign exception leaves."""
