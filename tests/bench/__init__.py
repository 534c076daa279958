"""Times of the real command beside Hydra's in the same run."""
