"""Named cases of what was once wrong."""
