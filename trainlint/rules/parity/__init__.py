"""What runs of two programs showed in, findings about the candidate out."""
