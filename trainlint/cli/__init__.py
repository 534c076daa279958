"""One small module per command: arguments and exit codes only."""
