"""Generated inputs: our outcome has to be the outcome of the real thing."""
