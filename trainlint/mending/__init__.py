"""What a candidate lost, and where, in; the edits that put it back out."""
