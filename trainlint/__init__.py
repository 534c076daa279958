"""trainlint: verifies machine-learning training launches without running them."""

__version__ = "0.1.0"
