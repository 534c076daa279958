"""What was read from the user's texts, as frozen data: every leaf is Known or Unknown."""
