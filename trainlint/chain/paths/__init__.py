"""What a script does → the paths that a launch reads and writes, and what stands there."""
