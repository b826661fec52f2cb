"""Pages under `AppTest`: one folder and one worker for all of them."""

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner

from explorer.ui.base.server import downloads, onnx_files, runs
from explorer.web.base.once import forget_all
from tests.training.laptop import know_the_cpu

ROOT = Path(__file__).parents[2]
ENTRANCE = "explorer/ui/base/entrance.py"  # from the folder of app.py


@pytest.fixture(scope="package", autouse=True)
def _installed_components() -> Iterator[None]:
    """Look once which installed packages bring components, not for each `AppTest` anew: that is most of its time."""
    with pytest.MonkeyPatch.context() as patch:
        scan = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(scope="package", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        know_the_cpu(home)
        patch.setenv("EXPLORER_HOME", str(home))
        forget_all()
        yield
        runs().close()
        downloads().close()
        onnx_files().close()
        forget_all()


@pytest.fixture(scope="package")
def root() -> Path:
    """The folder of app.py."""
    return Path(__file__).parents[2]
