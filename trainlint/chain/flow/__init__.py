"""Functions that receive the config in, what they build and load from which of its keys out."""
