"""What a real browser makes of the pages that are written."""
