"""Where what can be saved stands, relative to the app's pages."""

SAVE_ADDRESS = "save"


def save_address(kind: str, file_id: str) -> str:
    """Give the address of a file, relative to the app's pages."""
    return f"{SAVE_ADDRESS}/{kind}/{file_id}"
