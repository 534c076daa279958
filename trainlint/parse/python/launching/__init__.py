"""Python programs that start other programs: their text in, the commands that they would run out."""
