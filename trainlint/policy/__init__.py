"""Rules that a project writes for itself: YAML packs in, rules over chains out."""
