"""A launch's config request in, the composed config with the story of every leaf out."""
