"""What a foreign page or name gets from a real server: nothing, on HTTP and websocket alike; and no page is hurt."""

from http.client import HTTPConnection
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from websockets import Subprotocol
from websockets.sync.client import connect

from tests.browser.conftest import PATIENCE, OpenPage
from tests.browser.steps import launch, open_train, stop, wait_for_more_points, workers

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol": "streamlit",
}


def status(address: str, path: str, headers: dict[str, str]) -> int:
    connection = HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.request("GET", path, headers=headers)
    try:
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("foreign", "refused"),
    [
        ({}, False),
        ({"Host": "evil.example"}, True),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, True),
        ({"Origin": "http://localhost:3000"}, True),
        ({"Origin": "http://evil.example"}, True),
    ],
)
def test_a_foreign_name_or_page_is_refused(app: str, foreign: dict[str, str], refused: bool) -> None:
    assert status(app, "/", foreign) == (403 if refused else 200)
    assert status(app, "/_stcore/stream", UPGRADE | foreign) == (403 if refused else 101)


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/nowhere", "/_stcore/upload_file/a/b"])
def test_every_response_keeps_other_sites_out(app: str, path: str) -> None:
    connection = HTTPConnection(app.removeprefix("http://"), timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    connection.close()
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_client_that_empties_streamlits_caches_changes_nothing(app: str, app_home: Path, open_page: OpenPage) -> None:
    page = open_page(app)
    open_train(page)
    launch(page)
    many, training = wait_for_more_points(page, 0), workers(app_home)
    for _ in range(3):
        with connect(f"{app.replace('http', 'ws')}/_stcore/stream", subprotocols=[Subprotocol("streamlit")]) as tab:
            tab.send(BackMsg(clear_cache=True).SerializeToString())
            tab.send(BackMsg(rerun_script=ClientState()).SerializeToString())
            tab.recv(timeout=PATIENCE / 1000)
    page.reload()
    wait_for_more_points(page, many)
    assert set(training) <= set(workers(app_home)), "the worker that trains was ended"
    assert len(workers(app_home)) <= len(training) + 1
    stop(page)
