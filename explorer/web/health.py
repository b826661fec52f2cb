"""Whether a server is alive, ready to train, and how busy: for who keeps it running."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from explorer.data.home import explorer_home
from explorer.runs.store.database import StoreError
from explorer.web.base.shared import runs
from explorer.web.door.classroom import the_classroom
from explorer.web.door.persons import read_person
from explorer.web.drawings import asked

LEAST_FREE = 500_000_000  # bytes of the disk: checkpoints and events are written all the time
NO_WORKER = "No worker is ready yet. The first one takes some seconds to start; the log says more."
PRIVATE = "The figures of a server are its teacher's, and this computer's.\n"


async def healthz(_request: Request) -> Response:
    """Say that the server answers."""
    return PlainTextResponse("alive\n")


async def readyz(_request: Request) -> Response:
    """Say that runs can be launched here, or why they cannot, with the status 503."""
    reasons = await asyncio.to_thread(lambda: list(_reasons()))
    return PlainTextResponse("\n".join([*(reasons or ["ready"]), ""]), 503 if reasons else 200)


async def metrics(request: Request) -> Response:
    """Give the server's figures in Prometheus's text form."""
    if not _may_see(request):
        return PlainTextResponse(PRIVATE, 403)
    registry = CollectorRegistry()
    registry.register(_Figures())
    try:
        text = await asyncio.to_thread(generate_latest, registry)
    except StoreError as error:
        return PlainTextResponse(f"{error}\n", 503)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _reasons() -> Iterator[str]:
    try:
        found = runs()
        yield from filter(None, (found.read_only, found.trouble))
        if not (found.read_only or found.is_any_worker_ready):
            yield NO_WORKER
    except StoreError as error:
        yield str(error)
    free = _free_bytes()
    if free < LEAST_FREE:
        yield f"The disk of {explorer_home()} has {free:,} bytes free; at least {LEAST_FREE:,} are needed."


def _free_bytes() -> int:
    home = explorer_home()
    place = next((folder for folder in (home, *home.parents) if folder.exists()), home)
    return shutil.disk_usage(place).free


def _may_see(request: Request) -> bool:
    """Say whether a request comes from this computer itself, or from the teacher."""
    room = the_classroom()
    person = read_person(room, request.cookies, request.headers) if room else None
    is_forwarded = "x-forwarded-for" in request.headers
    is_here = request.client is not None and _is_loopback(request.client.host) and not is_forwarded
    return is_here or (person is not None and person.is_teacher)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Figures(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """Give the figures as they are now."""
        unfinished = runs().store.unfinished()
        states = GaugeMetricFamily("explorer_runs", "Runs that wait or train, by state", labels=["state"])
        for state, count in Counter(run.state for run in unfinished).items():
            states.add_metric([state], count)
        yield states
        waiting = [run.created for run in unfinished if run.state == "queued"]
        yield GaugeMetricFamily("explorer_queue_length", "Runs that wait", value=len(waiting))
        oldest = min(waiting, default=0.0)
        yield GaugeMetricFamily("explorer_queue_oldest", "Unix time of the launch that waits longest", value=oldest)
        deaths = runs().worker_deaths
        yield CounterMetricFamily("explorer_worker_deaths", "Workers that ended before their server", value=deaths)
        yield CounterMetricFamily("explorer_drawings", "Pages that browsers asked to be drawn anew", value=asked())
        yield GaugeMetricFamily("explorer_disk_free_bytes", "Free bytes where runs are kept", value=_free_bytes())
        yield GaugeMetricFamily("explorer_trains", "1 where this server trains", value=runs().read_only is None)
