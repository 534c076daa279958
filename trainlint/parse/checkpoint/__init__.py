"""Checkpoint files → what they hold, by their headers and opcodes alone; nothing is ever unpickled."""
