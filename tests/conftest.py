"""What all tests share: their processes and threads, random examples, and the flag that writes golden files anew."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent
# Before anyone imports torch, and for the processes that tests start: on a busy machine several threads wait for each
# other, for a minute instead of a second. A run has its slot's threads all the same; beside another process of tests
# these wait asleep.
os.environ["OMP_NUM_THREADS"] = "1"
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

# No deadline: a busy machine is no defect. The same examples at each run: a failure belongs to the change at hand.
settings.register_profile("default", max_examples=100, deadline=None, derandomize=True, database=None)
# Many more, drawn anew each time: python -m pytest tests/architecture --hypothesis-profile=wide --timeout=0
settings.register_profile("wide", max_examples=20_000, deadline=None, derandomize=False)
settings.load_profile("default")


def pytest_configure() -> None:
    """Take Ctrl-C back where a background job began with it ignored: what the tests start would inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Run the whole suite in two processes; a part of it in one, which shares its servers and shows what is printed."""
    return 2 if config.args_source is pytest.Config.ArgsSource.TESTPATHS else 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, which a fast look leaves out."""
    for item in items:
        if "browser" in item.path.relative_to(ROOT).parts:
            item.add_marker(pytest.mark.browser)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="write the golden tables anew instead of checking them")


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written anew."""
    return bool(request.config.getoption("--regenerate"))
