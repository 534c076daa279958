"""Facts in, the chain of each launch out."""
