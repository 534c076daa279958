"""Words of a command and the facts of a parser in, what the parser makes of them out."""
