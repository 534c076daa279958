"""A small trainer that is known to be right: configuration in, a trained model and its records out."""
