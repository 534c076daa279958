"""What a script does, as facts, in; how long it runs and what changes with its steps out."""
