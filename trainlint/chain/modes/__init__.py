"""What a script does in, the modes that it trains in out: each mode a few predicates over those facts."""
