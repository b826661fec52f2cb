"""Codes that people read off a wall and type: letters and digits, without those that are taken for each other."""

import secrets

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def draw_code(length: int) -> str:
    """Draw a code that nobody can foretell."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def tidied(code: str) -> str:
    """Take a code as it is meant: in any case, with spaces and dashes."""
    return "".join(letter for letter in code.upper() if letter.isalnum())
