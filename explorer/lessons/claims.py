"""The claims of the texts in the order in which a class meets them, by the name that stands in a link."""

from functools import cache

from explorer.lessons.alexnet_claims import ALEXNET_CLAIMS
from explorer.lessons.book_claims import BOOK_CLAIMS
from explorer.lessons.claim import Claim, Decision, decide
from explorer.lessons.ng_claims import NG_CLAIMS
from explorer.lessons.note_claims import NOTE_CLAIMS

CLAIMS: dict[str, Claim] = NG_CLAIMS | NOTE_CLAIMS | BOOK_CLAIMS | ALEXNET_CLAIMS


@cache
def decision(name: str) -> Decision:
    """Decide a claim of the list, once for all sessions: nothing in it can change."""
    return decide(CLAIMS[name])
