"""Pages under `AppTest`: one folder and one worker for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from explorer.ui.base.server import downloads, onnx_files, runs
from tests.laptop import know_the_cpu


@pytest.fixture(scope="package", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        know_the_cpu(home)
        patch.setenv("EXPLORER_HOME", str(home))
        st.cache_resource.clear()
        yield
        runs().close()
        downloads().close()
        onnx_files().close()
        st.cache_resource.clear()


@pytest.fixture(scope="package")
def root() -> Path:
    """The folder of app.py."""
    return Path(__file__).parents[2]
