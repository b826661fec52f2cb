"""Servers in Chromium: however one ends nothing is left of it, the next finds its runs, and a second one only shows."""

import os
import re
import signal
import time
from http import HTTPStatus
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, socket
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser.conftest import ROOT, OpenPage, Serve
from tests.browser.steps import (
    launch,
    open_train,
    server_process,
    stop_button,
    train_button,
    wait_for_more_points,
    workers,
)
from tests.runs.scene import is_alive, wait_until


def is_free(address: str) -> bool:
    """Tell whether a new server could have a server's port."""
    with socket() as sock:
        sock.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)  # as servers do, whose old connections still fade
        try:
            sock.bind(("127.0.0.1", int(address.rpartition(":")[2])))
        except OSError:
            return False
    return True


def test_an_ended_server_leaves_nothing_and_the_next_shows_its_run_as_interrupted(
    serve: Serve, open_page: OpenPage, tmp_path: Path
) -> None:
    address, home = serve(ROOT / "app.py"), tmp_path / "home"
    page = open_page(address)
    open_train(page)
    launch(page)
    many = wait_for_more_points(page, 0)
    server, (worker,) = server_process(address), workers(home)
    start = time.perf_counter()
    os.kill(server, signal.SIGTERM)  # killed ones: in `test_race_states.py`, and below
    wait_until(lambda: not is_alive(server) and not is_alive(worker))
    print(f"gone {1000 * (time.perf_counter() - start):.0f} ms after it was asked to end")  # noqa: T201  # a figure to read
    assert workers(home) == []
    run_id = parse_qs(urlsplit(page.url).query)["run"][0]
    assert (home / "checkpoints" / f"{run_id}.safetensors").exists()
    wait_until(lambda: is_free(address))

    next_address = serve(ROOT / "app.py")
    next_page = open_page(page.url.replace(address, next_address))
    expect(next_page.get_by_role("alert").filter(has_text="The run was interrupted")).to_contain_text(
        re.compile(r"The server was stopped while this run trained.* Kept: [1-9][\d,]* steps")
    )
    wait_for_more_points(next_page, many - 1)
    expect(train_button(next_page)).to_be_enabled()


def test_a_page_that_is_opened_by_its_own_address_below_a_path_asks_for_nothing_that_is_not_there(
    serve: Serve, open_page: OpenPage
) -> None:
    address = serve(ROOT / "app.py", "--server.baseUrlPath=class") + "/class"
    page = open_page(f"{address}/")
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= HTTPStatus.BAD_REQUEST else None)
    for path in ("/", "/train", "/claims"):
        page.goto(address + path)
        expect(page.get_by_role("button", name="Present")).to_be_visible()
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    assert refused == []


def test_who_waits_for_the_page_sees_whose_it_is(app: str, open_page: OpenPage) -> None:
    page = open_page(app)
    name = page.get_by_text("CNN explorer …")
    expect(name).to_be_hidden()
    page.route_web_socket("**/_stcore/stream", lambda _silent: None)
    page.reload()
    expect(page).to_have_title("CNN explorer")
    expect(name).to_be_visible()


def test_a_second_server_on_one_folder_shows_says_why_it_does_not_train_and_takes_over(
    serve: Serve, open_page: OpenPage
) -> None:
    first = serve(ROOT / "app.py")
    page = open_page(first)
    open_train(page)
    launch(page)
    wait_for_more_points(page, 0)

    second = serve(ROOT / "app.py")
    showing = open_page(page.url.replace(first, second))
    showing.get_by_text(f"Another server (process {server_process(first)}) already trains").wait_for()
    expect(train_button(showing)).to_be_disabled()
    many = wait_for_more_points(showing, 0)
    wait_for_more_points(showing, many)
    expect(stop_button(showing)).to_be_disabled()

    os.kill(server_process(first), signal.SIGKILL)
    interrupted = showing.get_by_role("alert").filter(has_text="The run was interrupted")
    expect(interrupted).to_contain_text("The server was stopped while this run trained.")
    expect(train_button(showing)).to_be_enabled()
    launch(showing)
    wait_for_more_points(showing, 0)
