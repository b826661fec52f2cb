"""The class of a server that others reach: its codes, and the secret by which it knows its people again.

They are kept in the program's folder, so that a restart in the middle of a lesson changes nothing.
"""

import os
import secrets
from functools import cache
from pathlib import Path

import msgspec
from streamlit import config

from explorer.data.home import explorer_home
from explorer.runs.access.codes import draw_code, tidied
from explorer.web.guard.addresses import LOCAL_NAMES, is_loopback

CODE_LENGTH, TEACHER_CODE_LENGTH = 6, 10
CODE, TEACHER_CODE, OPEN = "EXPLORER_CLASS_CODE", "EXPLORER_TEACHER_CODE", "EXPLORER_OPEN"
OPEN_WORDS = "anyone-who-reaches-this-address"  # what EXPLORER_OPEN has to say
USER_HEADER = "EXPLORER_USER_HEADER"


class Classroom(msgspec.Struct, frozen=True):
    """How people get in: by the class's code or the teacher's, unless it is open."""

    code: str
    teacher_code: str
    secret: str  # that signs the cookies
    is_open: bool = False
    user_header: str | None = None  # by which a proxy that people sign in to names them


def has_class() -> bool:
    """Say whether this server is reached from other computers: then it has a class, and a code is asked for.

    A name of its own means that it is, through a proxy where it listens to this computer alone.
    """
    named = {name.strip().lower() for name in config.get_option("server.allowedHosts")} - LOCAL_NAMES
    return bool(named) or not is_loopback(config.get_option("server.address"))


@cache
def the_classroom() -> Classroom | None:
    """Give this server's class; None where it has none."""
    return read_classroom() if has_class() else None


def read_classroom(home: Path | None = None) -> Classroom:
    """Read the class of a folder, or make it; the environment may set the codes."""
    path = (home or explorer_home()) / "class.json"
    kept = _kept(path) or _new()
    room = Classroom(
        code=tidied(os.environ.get(CODE) or kept.code),
        teacher_code=tidied(os.environ.get(TEACHER_CODE) or kept.teacher_code),
        secret=kept.secret,
        is_open=os.environ.get(OPEN) == OPEN_WORDS,
        user_header=os.environ.get(USER_HEADER) or None,
    )
    _keep(path, kept)
    return room


def role(room: Classroom, code: str) -> str | None:
    """Say whose a code is, `student` or `teacher`; None where it is nobody's."""
    given = tidied(code)
    if secrets.compare_digest(given.encode(), room.teacher_code.encode()):
        return "teacher"
    return "student" if secrets.compare_digest(given.encode(), room.code.encode()) else None


def _new() -> Classroom:
    return Classroom(draw_code(CODE_LENGTH), draw_code(TEACHER_CODE_LENGTH), secrets.token_hex(32))


_ROOM = msgspec.json.Decoder(Classroom)


def _kept(path: Path) -> Classroom | None:
    try:
        return _ROOM.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None


def _keep(path: Path, room: Classroom) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(room))
