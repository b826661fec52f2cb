"""A student who edits a design on Explore, by Streamlit's own protocol: a field is changed, the page is drawn anew."""

import asyncio
import json
import random
import time
from typing import NamedTuple

from streamlit.components.v2.bidi_component.constants import EVENT_DELIM
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

SPOKEN = Subprotocol("streamlit")
FIELD = "height"  # of the input's picture: every layer's shape follows from it
HEIGHTS = tuple(range(28, 45))
PATIENCE = 60.0  # seconds for one drawing of a page


class Field(NamedTuple):
    """A field on the page, as the protocol names it."""

    element: str
    fragment: str  # the part of the page that is drawn anew for it


def typed(element: str, text: str) -> WidgetState:
    """Give what a browser sends of a number's field, by its element's id, once a text was typed there."""
    events = [{"event": "typed", "value": {"text": text, "at": 1_000 * time.perf_counter()}}]
    sent_by = f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{element}{EVENT_DELIM}events"
    return WidgetState(id=sent_by, json_trigger_value=json.dumps(events))


class Student:
    """One tab; `open` it first."""

    def __init__(self, host: str, random_source: random.Random) -> None:
        self._address, self._origin = f"ws://{host}/_stcore/stream", Origin(f"http://{host}")
        self._random = random_source
        self._query = ""
        self._height = HEIGHTS[0]
        self._field: Field | None = None

    async def edit(self, *, since: float, until: float, pause: float) -> list[float]:
        """Open the page, and edit with so many seconds between until a time; gives how long each edit took since one.

        The first pause is a part of one, so that a class does not type in step.
        """
        taken: list[float] = []
        async with connect(
            self._address, origin=self._origin, subprotocols=[SPOKEN], max_size=None, compression=None
        ) as socket:
            await self._draw(socket, ClientState(query_string=""))
            await asyncio.sleep(self._random.uniform(0, pause))
            while (start := time.monotonic()) < until:
                seconds = await self._edit_once(socket)
                taken += [seconds] if start >= since else []
                await asyncio.sleep(self._random.uniform(0.5, 1.5) * pause)
        return taken

    async def _edit_once(self, socket: ClientConnection) -> float:
        if self._field is None:
            raise LookupError(f"The page has no field {FIELD!r}: the yardstick and the page have parted ways.")
        self._height = self._random.choice([height for height in HEIGHTS if height != self._height])
        changed = typed(self._field.element, str(self._height))
        state = ClientState(
            query_string=self._query,
            fragment_id=self._field.fragment,
            widget_states=WidgetStates(widgets=[changed]),
        )
        start = time.perf_counter()
        await self._draw(socket, state)
        return time.perf_counter() - start

    async def _draw(self, socket: ClientConnection, state: ClientState) -> None:
        """Ask for a drawing, and read it to its end."""
        await socket.send(BackMsg(rerun_script=state).SerializeToString())
        while True:
            message = ForwardMsg.FromString(await asyncio.wait_for(socket.recv(decode=False), PATIENCE))
            kind = message.WhichOneof("type")
            if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return
            if kind == "page_info_changed":
                self._query = message.page_info_changed.query_string
            elif kind == "delta":
                self._notice(message)

    def _notice(self, message: ForwardMsg) -> None:
        element = message.delta.new_element.bidi_component
        if element.component_name == "number_box" and json.loads(element.json)["label"] == FIELD:
            self._field = Field(element.id, message.delta.fragment_id)
