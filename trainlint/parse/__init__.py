"""Text in, facts out: one module per kind of text; executes nothing."""
