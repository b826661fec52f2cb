"""A design as the text of a link: base64url(zlib(canonical JSON)), 140 characters for LeNet."""

import base64
import binascii
import zlib

from explorer.architecture.errors import DesignError
from explorer.architecture.spec import MAX_BYTES, Architecture, read_json, to_json

MAX_LINK = 8_192  # characters; the longest design that the reader admits stays well below


def to_link(architecture: Architecture) -> str:
    """Write a design as letters, digits, `-` and `_`."""
    packed = zlib.compress(to_json(architecture).encode(), level=9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_link(text: str) -> Architecture:
    """Read a design back from a link's text; raises `DesignError`, also for a text that would unpack beyond bounds."""
    if len(text) > MAX_LINK:
        raise DesignError(where="link", found=f"{len(text):,} characters", allowed=f"at most {MAX_LINK:,}")
    return read_json(_unpack(text))


def _unpack(text: str) -> bytes:
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, MAX_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise DesignError(
            where="link", found="text that is no design", allowed="the whole link, as it was copied"
        ) from error
    if not unpacker.eof:
        found = f"more than {MAX_BYTES:,} bytes" if len(data) > MAX_BYTES else "a design that breaks off"
        raise DesignError(where="link", found=found, allowed="the whole link of one design, as it was copied")
    return data
