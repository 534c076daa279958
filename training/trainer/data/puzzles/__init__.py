"""Small puzzles: drawn, written as arrays beside their metadata, and given out in batches."""
