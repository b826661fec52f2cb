"""What an element is made of is served once, at an address that changes with it, and not sent with each message."""

import asyncio
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from explorer.ui.base.menu import Page
from explorer.web.base.library import publish
from explorer.web.served import routes
from tests.web.asgi_request import ask

CHARTS = ("figure", "live_curve")  # which pages without a server of ours draw too
LINE = 700  # bytes: what tells an element where its code is


@pytest.mark.parametrize("page", Page)
def test_each_elements_code_is_served_and_not_in_its_messages(root: Path, page: Page) -> None:
    opened = AppTest.from_file(str(root / page.path), default_timeout=30).run()
    found = [each.proto for each in opened.get("bidi_component") if each.proto.component_name not in CHARTS]
    assert found
    for proto in found:
        assert len(proto.js_content) + len(proto.css_content) < LINE
        (address,) = re.findall(r'"(library/.*)"', proto.js_content)
        answer = asyncio.run(ask(Starlette(routes=routes()), f"/{address}"))
        assert (answer.status, b"export default function" in answer.body) == (200, True)
        assert "immutable" in answer.headers["cache-control"]


def test_changed_code_has_another_address() -> None:
    before = publish("changes", "export default function () {}")
    assert publish("changes", "export default function () {}") == before
    assert publish("changes", "export default function () { return 1; }") != before
