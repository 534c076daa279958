"""An outcome in, text out: one module a format; nothing else in the house prints."""
