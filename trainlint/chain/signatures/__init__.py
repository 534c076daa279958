"""Names of classes and functions in, what they can be called with, and where a config differs, out."""
