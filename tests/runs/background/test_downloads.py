"""Real processes download the real Fashion-MNIST: they know only its own addresses, for which a proxy here answers."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.data.datasets import DATASETS, DataError, find_folder, load
from explorer.runs.background.downloads import Downloads
from tests.data import fashion_mnist
from tests.data.mirror import Mirror

ROOT = Path(__file__).parents[3]
NAME = "fashion-mnist"
TOTAL = sum(archive.size for archive in DATASETS[NAME].archives)
LONG = 60.0  # seconds: more than any download here takes on a busy machine


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    return tmp_path


@pytest.fixture
def downloads(home: Path) -> Iterator[Downloads]:
    with contextlib.closing(Downloads()) as downloads:
        yield downloads


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch) -> "Through":
    return Through(monkeypatch)


class Through:
    """Makes a mirror the proxy of the processes that are started from now on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, mirror: Mirror) -> None:
        self._monkeypatch.setenv("http_proxy", mirror.address)


def parts(home: Path) -> list[Path]:
    return list(home.rglob("*.part"))


@pytest.mark.slow
def test_set_is_downloaded_once_and_can_be_trained_on(home: Path, downloads: Downloads, through: Through) -> None:
    assert downloads.progress(NAME) is None
    with Mirror(fashion_mnist.published(), slow="train-images-idx3-ubyte.gz") as mirror:
        through(mirror)
        downloads.start(NAME)
        started = downloads.progress(NAME)
        assert started
        assert (started.state, started.total) == ("starting", TOTAL)
        assert mirror.half_sent.wait(LONG)
        downloads.start(NAME)
        mirror.hurry.set()
        assert downloads.wait(NAME, LONG)
    assert mirror.requests == [archive.name for archive in DATASETS[NAME].archives]
    progress = downloads.progress(NAME)
    assert progress
    assert (progress.state, progress.done, progress.total) == ("finished", TOTAL, TOTAL)
    assert downloads.error(NAME) is None
    assert find_folder(NAME) == home / "datasets/FashionMNIST/raw"
    assert load(NAME).train.labels.bincount().tolist() == [6_000] * 10
    with contextlib.suppress(ChildProcessError):  # no child at all
        assert os.waitpid(-1, os.WNOHANG)[0] == 0, "a zombie was left"


@pytest.mark.slow
def test_cancelled_download_leaves_nothing_and_can_be_started_again(
    home: Path, downloads: Downloads, through: Through
) -> None:
    with Mirror(fashion_mnist.published(), slow="train-images-idx3-ubyte.gz") as mirror:
        through(mirror)
        downloads.start(NAME)
        assert mirror.half_sent.wait(LONG)
        downloads.cancel(NAME)
        assert downloads.wait(NAME, LONG)
        assert not parts(home)
        assert downloads.progress(NAME) is None
        assert downloads.error(NAME) is None
    with Mirror(fashion_mnist.published()) as mirror:
        through(mirror)
        downloads.start(NAME)
        assert downloads.wait(NAME, LONG)
    progress = downloads.progress(NAME)
    assert progress
    assert progress.state == "finished"


@pytest.mark.slow
def test_failure_is_told_with_the_repair(home: Path, downloads: Downloads, through: Through) -> None:
    with Mirror({}) as mirror:
        through(mirror)
        downloads.start(NAME)
        assert downloads.wait(NAME, LONG)
    error = downloads.error(NAME)
    assert error
    for words in ("train-images-idx3-ubyte.gz", "404", str(home), "dataset-fashion-mnist", "Fashion-MNIST (subset)"):
        assert words in error


def test_process_that_dies_without_a_word_is_a_failure(downloads: Downloads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    downloads.start(NAME)
    assert downloads.wait(NAME, LONG)
    error = downloads.error(NAME)
    assert error
    assert "exit status 1" in error


def test_unknown_set_is_refused_before_anything_starts(downloads: Downloads) -> None:
    with pytest.raises(DataError, match="kmnist"):
        downloads.start("kmnist")


@pytest.mark.slow
def test_close_ends_what_runs(home: Path, through: Through) -> None:
    downloads = Downloads()
    with Mirror(fashion_mnist.published(), slow="train-images-idx3-ubyte.gz") as mirror:
        through(mirror)
        downloads.start(NAME)
        assert mirror.half_sent.wait(LONG)
        downloads.close()
        assert downloads.wait(NAME, 0)
    assert not parts(home)


@pytest.mark.slow
def test_download_ends_with_a_server_that_is_killed(home: Path, through: Through) -> None:
    code = f"from explorer.runs.background.downloads import Downloads; Downloads().start({NAME!r}); input()"
    with Mirror(fashion_mnist.published(), slow="train-images-idx3-ubyte.gz") as mirror:
        through(mirror)
        with subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE
        ) as server:
            assert mirror.half_sent.wait(LONG)
            assert parts(home)
            server.send_signal(signal.SIGKILL)
            assert server.stderr
            server.stderr.read()  # ends when the last process that holds the server's standard error has ended
            assert not parts(home)
