"""Divergences and what both runs showed in, what each divergence looks like the work of out."""
