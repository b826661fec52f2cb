"""Who sends a request: the person in its signed cookie, which a browser keeps and no page's script can read."""

import secrets
from collections.abc import Mapping

from itsdangerous import BadData, URLSafeSerializer

from explorer.runs.access.person import ALONE, MOST_LETTERS, NOBODY, Person
from explorer.web.door.classroom import Classroom, the_classroom

COOKIE = "person"
A_MONTH = 30 * 24 * 3_600  # seconds


def new_person(nickname: str, *, is_teacher: bool) -> Person:
    """Make a person that nobody was before."""
    return Person(secrets.token_hex(8), _short(nickname), is_teacher)


def sign(room: Classroom, person: Person) -> str:
    """Write a person as a cookie's value, which nobody can make who does not know the secret."""
    signed = _serializer(room).dumps([person.id, person.nickname, person.is_teacher])
    return signed if isinstance(signed, str) else signed.decode()


def read_person(room: Classroom, cookies: Mapping[str, str], headers: Mapping[str, str]) -> Person | None:
    """Read who sends a request; None where nobody this class knows does."""
    if room.user_header and (named := headers.get(room.user_header)):
        return Person(_short(named), _short(named))
    try:
        person_id, nickname, is_teacher = _serializer(room).loads(cookies.get(COOKIE, ""))
    except (BadData, TypeError, ValueError):
        return None
    return Person(str(person_id), str(nickname), bool(is_teacher))


def who_asks(cookies: Mapping[str, str], headers: Mapping[str, str]) -> Person:
    """Give the person who sends a request: without a class the one at this computer, in a class nobody if unknown."""
    room = the_classroom()
    return ALONE if room is None else read_person(room, cookies, headers) or NOBODY


def cookie(room: Classroom, person: Person, *, secure: bool) -> str:
    """Give the header that has a browser keep a person for a month."""
    flags = "Path=/; HttpOnly; SameSite=Lax" + "; Secure" * secure
    return f"{COOKIE}={sign(room, person)}; Max-Age={A_MONTH}; {flags}"


def _serializer(room: Classroom) -> URLSafeSerializer:
    return URLSafeSerializer(room.secret, salt="person")


def _short(name: str) -> str:
    """Take a name without what is no letter to a reader, and not longer than a table's cell."""
    return " ".join("".join(letter for letter in name if letter.isprintable()).split())[:MOST_LETTERS]
