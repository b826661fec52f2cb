"""The server whose screens are looked at, with what was tried on it before."""

from contextlib import closing
from pathlib import Path

import pytest

from explorer.runs.store.store import Store
from tests.browser.conftest import ROOT, Serve
from tests.browser.screens.history import History


@pytest.fixture(scope="module")
def history(file_home: Path) -> History:
    file_home.mkdir()
    with closing(Store(file_home / "runs.sqlite")) as store:
        return History(store)


@pytest.fixture(scope="module")
def found_server(history: History, serve_file: Serve) -> str:
    """The address of a server that finds the history."""
    assert history.runs
    return serve_file(ROOT / "app.py")
