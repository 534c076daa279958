"""Supervised fine-tuning of a chat model: the loop is that of `trl`, all around it is the trainer's own."""
