"""Config files that launchers read: accelerate's YAML and DeepSpeed's JSON."""
