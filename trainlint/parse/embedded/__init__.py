"""Texts that embed shell commands in, the launches they hold out."""
