"""What a run learns, each kind in a module of its own."""
