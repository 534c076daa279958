"""Paths and settings in, an outcome out: which rules run on which chains, and what becomes of findings."""
