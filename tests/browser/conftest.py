"""Serves a Streamlit script on a free port and opens Chromium on it.

`serve(script)` starts a server with its own EXPLORER_HOME and gives its address; `app` is the address of the real
app's server, one for the whole test session, whose EXPLORER_HOME is `app_home`; `share_demo(name)` serves a page of
tests/browser/pages to all tests of a file, `serve_file(script)` any script on their EXPLORER_HOME `file_home`;
`open_page(address)` opens a browser window of its own; `join(nickname, code)` a browser of one who comes through the
door of a class, which `address` serves. A page that ever threw an uncaught error, or shows an exception box at the
end, fails its test. A failed test prints its servers' logs, and what its windows showed.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, ViewportSize, expect, sync_playwright

from explorer.runs.store.reader import Reader
from explorer.views.runs.going_on import entry_of
from tests.training.laptop import know_the_cpu

ROOT = Path(__file__).resolve().parents[2]
DEMOS = Path(__file__).with_name("pages")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--process-per-site",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000  # milliseconds; only a failing test waits so long: a busy machine is no defect
expect.set_options(timeout=PATIENCE)
SHARED: list[tuple[str, Path]] = []  # the real app's server and its EXPLORER_HOME, once it serves
LOGS = pytest.StashKey[list[Path]]()
PAGES = pytest.StashKey[list[Page]]()

CODE, TEACHER_CODE = "KXT 7PQ", "for-my-eyes-9"  # of the class that `address` serves

Serve = Callable[..., str]
Join = Callable[..., Page]
OpenPage = Callable[..., Page]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the logs of a failed test's servers, and what its windows show."""
    report = yield
    if report.failed:
        report.sections += [section for page in item.stash.get(PAGES, []) for section in _shown(page)]
        logs = [log for node in item.listchain() for log in node.stash.get(LOGS, [])]
        report.sections += [(f"server log {log.name}", log.read_text("utf-8", "replace")) for log in logs]
        for address, home in SHARED:
            end_all(address, home)
    return report


def _shown(page: Page) -> Iterator[tuple[str, str]]:
    with suppress(Error):  # of a page that has broken, or is closed
        yield f"window at {page.url}", page.locator("body").aria_snapshot(timeout=5_000)


def end_all(address: str, home: Path) -> None:
    """End what a failed test has left on a server that others use: their runs would wait for it."""
    for kind, name in {entry_of(run) for run in Reader(home / "runs.sqlite").unfinished()}:
        with suppress(OSError), urlopen(Request(f"{address}/stop/{kind}/{name}", method="POST")):
            pass


@pytest.fixture
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serve]:
    """Serve a script with further Streamlit options, such as `--server.baseUrlPath=class`, until the test ends."""
    with _servers(request.node, tmp_path) as start:
        yield start


@pytest.fixture
def serve_demo(serve: Serve, tmp_path: Path) -> Serve:
    """Serve a copy of a page of tests/browser/pages, so that what it writes beside itself stays out of the checkout."""

    def start(name: str, *options: str) -> str:
        script = shutil.copy(DEMOS / name, tmp_path / name)
        return serve(script, *options)

    return start


@pytest.fixture(scope="module")
def share_demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Serve a page of tests/browser/pages until a file's tests have ended: they share the server, not the session."""
    folder = tmp_path_factory.mktemp("demo")
    with _servers(request.node, folder) as start:
        yield lambda name: start(shutil.copy(DEMOS / name, folder / name))


@pytest.fixture(scope="module")
def file_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The EXPLORER_HOME of the servers that a file's tests share."""
    return tmp_path_factory.mktemp("file") / "home"


@pytest.fixture(scope="module")
def serve_file(request: pytest.FixtureRequest, file_home: Path) -> Iterator[Serve]:
    """Serve a script until a file's tests have ended, which share it."""
    with _servers(request.node, file_home.parent) as start:
        yield start


@pytest.fixture(scope="session")
def app_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The EXPLORER_HOME of the real app."""
    return tmp_path_factory.mktemp("app") / "home"


@pytest.fixture(scope="session")
def app(request: pytest.FixtureRequest, app_home: Path) -> Iterator[str]:
    """Serve the real app once; a test that needs a fresh EXPLORER_HOME calls `serve(ROOT / "app.py")`."""
    with _servers(request.session, app_home.parent) as start:
        address = start(ROOT / "app.py")
        SHARED.append((address, app_home))
        yield address
        SHARED.clear()


@pytest.fixture(scope="package")
def chromium() -> Iterator[BrowserContext]:
    """Start Chromium for all tests of this folder; while it runs, no other test may use asyncio in this thread.

    Its build without windows draws the same pages for three quarters of the processor time.
    """
    installed = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=CHROMIUM_ARGS)
        yield browser.new_context(reduced_motion="reduce")
        browser.close()


@pytest.fixture
def open_page(request: pytest.FixtureRequest, chromium: BrowserContext) -> Iterator[OpenPage]:
    """Open an address in a window of its own, 1280 × 720 unless told otherwise, and watch its health."""
    pages: list[tuple[Page, list[Error]]] = []
    windows = request.node.stash.setdefault(PAGES, [])

    def opened(address: str, *, width: int = 1280, height: int = 720) -> Page:
        _keep_a_renderer(chromium, address)
        page = chromium.new_page()
        page.set_viewport_size(ViewportSize(width=width, height=height))
        page.set_default_timeout(PATIENCE)
        errors: list[Error] = []
        page.on("pageerror", partial(_keep, errors))
        page.on("console", partial(_keep_violation, errors))
        pages.append((page, errors))
        windows.append(page)
        page.goto(address)
        return page

    yield opened
    try:
        for page, errors in pages:
            assert_healthy(page, errors)
    finally:
        for page, _ in pages:
            with suppress(Error):  # of a page that has broken
                page.evaluate("localStorage.clear()")
            page.close()
        chromium.clear_cookies()


def _keep_a_renderer(context: BrowserContext, address: str) -> None:
    """Leave a small page of the site open: pages share its process, and with it the compiled scripts."""
    if not context.pages:
        context.new_page().goto("/".join(address.split("/")[:3]) + "/_stcore/health")


def _keep(errors: list[Error], error: Error) -> None:
    errors.append(error)


def _keep_violation(errors: list[Error], message: ConsoleMessage) -> None:
    """Take what the browser kept a page from loading for an error of the page."""
    if "Content Security Policy" in message.text:
        errors.append(Error(message.text))


@pytest.fixture
def address(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> str:
    """A server that other computers reach."""
    monkeypatch.setenv("EXPLORER_CLASS_CODE", CODE)
    monkeypatch.setenv("EXPLORER_TEACHER_CODE", TEACHER_CODE)
    return serve(ROOT / "app.py", "--server.address=0.0.0.0")


@pytest.fixture
def join(chromium: BrowserContext, address: str) -> Iterator[Join]:
    """Open a browser of one's own on a page, and go through the door that it leads to."""
    contexts: list[BrowserContext] = []

    def joined(nickname: str, code: str, path: str = "/train") -> Page:
        assert chromium.browser is not None
        contexts.append(chromium.browser.new_context(reduced_motion="reduce"))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address + path)
        fill_the_door(page, nickname, code)
        return page

    yield joined
    for context in contexts:
        context.close()


def fill_the_door(page: Page, nickname: str, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_label("What the class may call you").fill(nickname)
    page.get_by_role("button", name="Join").click()


def assert_healthy(page: Page, errors: list[Error]) -> None:
    """Fail if the page threw an uncaught error or shows Streamlit's exception box."""
    assert not errors, "\n".join(str(error.stack or error) for error in errors)
    expect(page.get_by_test_id("stException")).to_have_count(0)


@contextmanager
def _servers(node: pytest.Item | pytest.Collector, folder: Path) -> Iterator[Serve]:
    """Serve scripts whose EXPLORER_HOME and logs lie in a folder, and whose logs are those of a test, a file or all."""
    logs = node.stash.setdefault(LOGS, [])
    with ExitStack() as servers:

        def start(script: Path, *options: str) -> str:
            logs.append(folder / f"server-{len(logs)}.log")
            return servers.enter_context(_server(script, home=folder / "home", log=logs[-1], options=options))

        yield start


@contextmanager
def _server(script: Path, *, home: Path, log: Path, options: tuple[str, ...] = ()) -> Iterator[str]:
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}", *options]
    environment = os.environ | {
        "EXPLORER_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    know_the_cpu(home)
    served = threading.Event()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        copier = threading.Thread(target=_copy_lines, args=(process.stdout, log, served))
        copier.start()
        try:
            served.wait(timeout=60)
            if process.poll() is not None or not served.is_set():
                pytest.fail(f"{script.name} did not start to serve")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            copier.join()


def _copy_lines(output: IO[bytes], log: Path, served: threading.Event) -> None:
    """Copy what the server says to its log, and tell when it says its address or ends."""
    with log.open("wb", buffering=0) as copy:
        for line in output:
            copy.write(line)
            if b"URL: http" in line:
                served.set()
    served.set()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
