"""What a script builds and what it loads into it → how the two fit together."""
