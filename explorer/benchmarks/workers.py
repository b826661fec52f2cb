"""Workers as a benchmark starts them: processes that train what they are sent, without a scheduler."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import IO, cast

import msgspec

from explorer.runs.child_process import module_environment
from explorer.runs.messages import Heat, Message, Order, Over, Ready, Said, Train, UseThreads
from explorer.runs.scheduler.worker_process import WORKER
from explorer.training.events import Failed
from explorer.training.recipe.recipe import Job
from explorer.training.threads import count_cores

_MESSAGE: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


class BenchWorker:
    """A worker that has imported torch and waits for orders."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.pid = process.pid
        self._orders, self._messages = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        self._wait()

    def use_threads(self, count: int) -> None:
        """Let what trains have so many threads, all cores until then."""
        self._send(UseThreads(count))

    def begin(self, jobs: Sequence[Job]) -> None:
        """Send jobs, which train in turns if they are several."""
        runs = tuple(Train(str(number), msgspec.Raw(msgspec.json.encode(job))) for number, job in enumerate(jobs))
        order: Order = runs[0] if len(runs) == 1 else Heat(runs)
        self._send(order)

    def end(self) -> None:
        """Wait until all that was sent has trained; raises `RuntimeError` where something failed."""
        self._wait()

    def _send(self, order: Order) -> None:
        self._orders.write(msgspec.json.encode(order) + b"\n")
        self._orders.flush()

    def _wait(self) -> None:
        for line in self._messages:
            match _MESSAGE.decode(line):
                case Ready():
                    return
                case Said(event=Failed(cause)):
                    raise RuntimeError(cause)
                case Over() | _:
                    pass
        raise RuntimeError("a worker ended before its runs did")


@contextmanager
def bench_workers(count: int) -> Iterator[list[BenchWorker]]:
    """Start so many workers, and end them."""
    with ExitStack() as stack:
        processes = [stack.enter_context(_process()) for _ in range(count)]
        yield [BenchWorker(process) for process in processes]


@contextmanager
def _process() -> "Iterator[subprocess.Popen[bytes]]":
    pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(WORKER, stdin=pipe, stdout=pipe, stderr=quiet, env=module_environment({})) as process:
        try:
            yield process
        finally:
            process.kill()


def seconds_at_once(jobs: Sequence[Job]) -> float:
    """Train each job in a worker of its own, all at once, with an equal share of the cores."""
    with bench_workers(len(jobs)) as workers:
        for worker in workers:
            worker.use_threads(max(1, count_cores() // len(jobs)))
        begun = time.perf_counter()
        for worker, job in zip(workers, jobs, strict=True):
            worker.begin([job])
        for worker in workers:
            worker.end()
        return time.perf_counter() - begun


def seconds_by_turns(jobs: Sequence[Job]) -> float:
    """Train all jobs in one worker, by turns."""
    with bench_workers(1) as (worker,):
        begun = time.perf_counter()
        worker.begin(jobs)
        worker.end()
        return time.perf_counter() - begun
