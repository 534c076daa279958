"""A script's code run with symbols in place of values, by its syntax trees: what it does comes out."""
