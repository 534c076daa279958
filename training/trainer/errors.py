"""What a person can mend: one exception whose message is the whole story."""

from __future__ import annotations


class TrainerError(Exception):
    """A run that cannot start or go on; the message says what is wrong and what to change.

    The entry prints it without a traceback and leaves with exit code 2.
    """
