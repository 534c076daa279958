"""Definitions of arguments in Python code in, facts of arguments out."""
