"""A browser's tab without a browser: it opens a page by Streamlit's own protocol, and does what a person does there."""

import asyncio
import json
import re
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from streamlit.components.v2.bidi_component.constants import EVENT_DELIM
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

SPOKEN = Subprotocol("streamlit")
PATIENCE = 60.0  # seconds for one drawing of a page
KEYED = re.compile(r"\$\$ID-[0-9a-f]+-(.+)")  # the id of an element that has a key


class Element(NamedTuple):
    """An element on the page, as the protocol names it."""

    id: str
    fragment: str  # the part of the page that is drawn anew for it
    options: Sequence[str] = ()


def happened(element: str, event: str, value: object) -> WidgetState:
    """Give what a browser sends once something happened in one of our own elements, by its id."""
    sent_by = f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{element}{EVENT_DELIM}events"
    return WidgetState(id=sent_by, json_trigger_value=json.dumps([{"event": event, "value": value}]))


def typed(element: str, text: str) -> WidgetState:
    """Give what a browser sends of a number's field, by its element's id, once a text was typed there."""
    return happened(element, "typed", {"text": text, "at": 1_000 * time.perf_counter()})


def clicked(element: str) -> WidgetState:
    """Give what a browser sends of a button."""
    return WidgetState(id=element, trigger_value=True)


class Tab:
    """One tab, open in `async with`; `elements` are those with a key, `fields` those for numbers by their labels."""

    def __init__(self, host: str, *, cookie: str = "") -> None:
        headers = {"Cookie": cookie} if cookie else {}
        self._connecting = connect(
            f"ws://{host}/_stcore/stream",
            origin=Origin(f"http://{host}"),
            subprotocols=[SPOKEN],
            additional_headers=headers,
            max_size=None,
            compression=None,
        )
        self.elements: dict[str, Element] = {}
        self.fields: dict[str, Element] = {}
        self._query, self._page = "", ""
        self._turn = asyncio.Lock()  # a browser asks for one drawing at a time, too

    async def __aenter__(self) -> "Tab":
        self._socket = await self._connecting
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._socket.close()

    async def open(self, address: str = "/") -> None:
        """Open a page of the app."""
        url = urlsplit(address)
        self._query = url.query
        await self._draw(ClientState(query_string=url.query, page_name=url.path.strip("/")))

    async def send(self, *widgets: WidgetState, fragment: str = "") -> float:
        """Send what was done, all at once, and give the seconds until the page, or a part of it, is drawn."""
        state = ClientState(
            query_string=self._query,
            page_script_hash="" if fragment else self._page,
            fragment_id=fragment,
            widget_states=WidgetStates(widgets=widgets),
        )
        start = time.perf_counter()
        await self._draw(state)
        return time.perf_counter() - start

    def element(self, key: str) -> Element:
        """Find an element by its key."""
        return _found(self.elements, key)

    def field(self, label: str) -> Element:
        """Find a number's field by its label."""
        return _found(self.fields, label)

    async def _draw(self, state: ClientState) -> None:
        """Ask for a drawing, and read it to its end."""
        async with self._turn:
            await self._socket.send(BackMsg(rerun_script=state).SerializeToString())
            while True:
                received = await asyncio.wait_for(self._socket.recv(decode=False), PATIENCE)
                message = ForwardMsg.FromString(received)
                kind = message.WhichOneof("type")
                if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return
                self._notice(message, kind)

    def _notice(self, message: ForwardMsg, kind: str | None) -> None:
        if kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "navigation":
            self._page = message.navigation.page_script_hash
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._notice_element(message.delta.new_element, message.delta.fragment_id)

    def _notice_element(self, new: Any, fragment: str) -> None:  # noqa: ANN401  # of many kinds, most with an id
        found = getattr(new, new.WhichOneof("type") or "empty")
        if keyed := KEYED.fullmatch(getattr(found, "id", "")):
            options = tuple(getattr(found, "options", ()))
            self.elements[keyed[1]] = Element(found.id, fragment, options)
        if new.WhichOneof("type") == "bidi_component" and found.component_name == "number_box":
            self.fields[json.loads(found.json)["label"]] = Element(found.id, fragment)


def _found(elements: dict[str, Element], name: str) -> Element:
    if name not in elements:
        raise LookupError(f"The page has no {name!r}: the yardstick and the page have parted ways.")
    return elements[name]
