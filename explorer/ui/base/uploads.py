"""The bounds of uploads, with what Streamlit knows of its sessions and files."""

from collections.abc import Callable

from starlette.middleware import Middleware
from starlette.types import Scope
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from explorer.web.uploads import UploadBounds, address


def upload_bounds(*, client: Callable[[Scope], str] = address) -> Middleware:
    """Give the middleware for the served app; `client` says who sends a request."""
    return Middleware(UploadBounds, is_session=_is_session, forget=_forget, client=client)


def _is_session(session: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session)


def _forget(session: str, file: str) -> None:
    manager = runtime.get_instance().uploaded_file_mgr
    if isinstance(manager, MemoryUploadedFileManager):
        manager.remove_file(session, file)
