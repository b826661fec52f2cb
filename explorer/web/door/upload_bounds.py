"""The bounds of uploads, with what Streamlit knows of its sessions and files."""

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.types import Scope
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from explorer.web.door.classroom import the_classroom
from explorer.web.door.persons import read_person
from explorer.web.guard.uploads import UploadBounds, address


def upload_bounds() -> Middleware:
    """Give the middleware for the served app, which counts the files of each person."""
    return Middleware(UploadBounds, is_session=_is_session, forget=_forget, client=_client)


def _client(scope: Scope) -> str:
    """Name who sends a request: a person of the class, else an address."""
    room = the_classroom()
    person = room and read_person(room, HTTPConnection(scope).cookies, Headers(scope=scope))
    return person.id if person else address(scope)


def _is_session(session: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session)


def _forget(session: str, file: str) -> None:
    manager = runtime.get_instance().uploaded_file_mgr
    if isinstance(manager, MemoryUploadedFileManager):
        manager.remove_file(session, file)
