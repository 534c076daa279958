"""A job's words in, the launch they make out: launchers peeled, script and working directory found."""
