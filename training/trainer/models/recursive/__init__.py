"""Recursive reasoners: one small network that refines its own answer again and again."""
