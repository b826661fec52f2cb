"""A design as the text of a link: packed canonical JSON, 140 characters for LeNet."""

from functools import lru_cache

from explorer.architecture.errors import DesignError
from explorer.architecture.spec import MAX_BYTES, Architecture, read_json, to_json
from explorer.exchange.packed import PackedError, pack, unpack

MAX_LINK = 8_192  # characters; the longest design that the reader admits stays well below


@lru_cache(maxsize=1_024)  # each run of a page says the designs that Undo leads to
def to_link(architecture: Architecture) -> str:
    """Write a design as letters, digits, `-` and `_`."""
    return pack(to_json(architecture))


def read_link(text: str) -> Architecture:
    """Read a design back from a link's text; raises `DesignError`, also for a text that would unpack beyond bounds."""
    if len(text) > MAX_LINK:
        raise DesignError(where="link", found=f"{len(text):,} characters", allowed=f"at most {MAX_LINK:,}")
    try:
        return read_json(unpack(text, most=MAX_BYTES, what="a design"))
    except PackedError as error:
        raise DesignError(
            where="link", found=str(error), allowed="the whole link of one design, as it was copied"
        ) from error
