"""JSON as the text of a link: base64url(zlib(JSON)), read back within bounds."""

import base64
import binascii
import zlib


class PackedError(ValueError):
    """A text of a link that unpacks to nothing, or beyond bounds: what was found there."""


def pack(json: str) -> str:
    """Write JSON as letters, digits, `-` and `_`."""
    return base64.urlsafe_b64encode(zlib.compress(json.encode(), level=9)).decode().rstrip("=")


def unpack(text: str, *, most: int, what: str) -> bytes:
    """Give the JSON of a packed text, `most` bytes of it or fewer; `what` says what it should be, as `a design`.

    Raises `PackedError`.
    """
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, most + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise PackedError(f"text that is no {what.partition(' ')[2]}") from error
    if not unpacker.eof:
        raise PackedError(f"more than {most:,} bytes" if len(data) > most else f"{what} that breaks off")
    return data
