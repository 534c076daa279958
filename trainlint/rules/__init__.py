"""Chains in, findings out: one rule a module, listed in `registry`."""
