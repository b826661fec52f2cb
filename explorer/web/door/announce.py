"""What a server that has a class prints at its start: how to get in, for the teacher to show."""

import segno
from streamlit import config, net_util

from explorer.web.door.classroom import Classroom
from explorer.web.door.join import ADDRESS


def announce(room: Classroom) -> None:
    """Print the class's code, the teacher's, and the address with the code in it as a picture that phones read."""
    door = door_link()
    lines = [
        "",
        f"  The class opens   {door}",
        f"  and types         {room.code}",
        f"  The teacher types {room.teacher_code}   (show it to nobody)",
        "",
    ]
    if room.is_open:
        lines.insert(3, "  OPEN: whoever reaches this address is in the class without a code.")
    print("\n".join(lines), flush=True)  # noqa: T201  # the terminal is where a teacher reads it
    segno.make(door_link(room.code), error="m").terminal(compact=True)


def door_link(code: str = "") -> str:
    """Give the address of the door as other computers know it, with the class's or a room's code typed in already."""
    return f"{address_for_others()}{base_path()}{ADDRESS}" + (f"?code={code}" if code else "")


def base_path() -> str:
    """Give the path that the app is told to be below: nothing, or one that begins with a slash."""
    told = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{told}" if told else ""


def address_for_others() -> str:
    """Give the address that other computers of the network know this one by."""
    told = config.get_option("browser.serverAddress") if config.is_manually_set("browser.serverAddress") else None
    listens = config.get_option("server.address")
    host = told or (listens if listens not in (None, "0.0.0.0", "::") else net_util.get_internal_ip())
    scheme = "https" if config.get_option("server.sslCertFile") else "http"
    return f"{scheme}://{host or 'localhost'}:{config.get_option('server.port')}"
