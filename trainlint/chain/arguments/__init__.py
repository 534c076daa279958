"""A script with what it loads in, the parsers that read its command line out."""
