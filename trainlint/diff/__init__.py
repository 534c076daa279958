"""Two training programs in, what they do differently out."""
