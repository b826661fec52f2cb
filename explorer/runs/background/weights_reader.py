"""The process that reads a stranger's trained weights: `python -m <this module> FILE FOLDER`, its order a line of JSON.

It has a bound of memory, and the end of its input ends it at once. What it leaves in the folder are the files that a
run has which was trained: a checkpoint, weights to look into, and the answers to the test pictures.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.process.lifeline import die_with_server, end_with_input
from explorer.process.limits import is_shortage, let_the_server_go_first, limit_memory

if TYPE_CHECKING:
    from explorer.runs.background.weight_messages import Message, ReadWeights

MEMORY = "There was not enough memory for these weights. Open those of a smaller network."


def main(file: str, folder: str) -> int:
    """Read the weights; gives the exit status, 0 or 1 with the cause as the last line of standard error."""
    die_with_server()
    line = sys.stdin.buffer.readline()
    end_with_input()
    let_the_server_go_first()
    from safetensors import SafetensorError  # noqa: PLC0415  # torch takes seconds

    from explorer.exchange.weight_file import WeightFileError  # noqa: PLC0415
    from explorer.runs.background.weight_messages import read_order, to_line  # noqa: PLC0415
    from explorer.training.no_compiler import leave_out_the_compiler  # noqa: PLC0415

    leave_out_the_compiler()
    limit_memory()
    try:
        for message in read(Path(file), Path(folder), read_order(line)):
            sys.stdout.buffer.write(to_line(message))
            sys.stdout.buffer.flush()
    except (WeightFileError, OSError, SafetensorError) as error:
        return _refuse(str(error))
    except (MemoryError, RuntimeError) as error:
        if not is_shortage(error):
            raise
        return _refuse(MEMORY)
    return 0


def _refuse(words: str) -> int:
    sys.stderr.write(" ".join(words.split()) + "\n")
    return 1


def read(file: Path, folder: Path, order: "ReadWeights") -> Iterator["Message"]:
    """Read weights, hold them against the design, answer the test pictures, and write the files of a run.

    Raises `WeightFileError`, `OSError` and `SafetensorError`.
    """
    from explorer.exchange.weight_file import read_weight_file  # noqa: PLC0415
    from explorer.exchange.weight_match import match_weights  # noqa: PLC0415
    from explorer.runs.background.imported_files import answer, write_files  # noqa: PLC0415
    from explorer.runs.background.weight_messages import Fitting  # noqa: PLC0415

    found = match_weights(order.job.architecture, read_weight_file(file))
    network = write_files(found.weights, folder, order)
    tested, unanswered = yield from answer(network, folder, order)
    yield Fitting(
        sources=found.sources,
        test_loss=tested.loss if tested else None,
        test_accuracy=tested.accuracy if tested else None,
        unanswered=unanswered,
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
