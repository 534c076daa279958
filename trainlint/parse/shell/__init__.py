"""Command lines as bash reads them: text in, words with places out; nothing is ever run."""
