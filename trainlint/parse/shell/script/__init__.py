"""Shell scripts: their grammar, their evaluation and the launches in them."""
