"""The process that makes an ONNX file: `python -m <this module> FILE` reads the design, a line of JSON.

The end of its input ends it at once, whatever it does then: it takes gigabytes, and nobody is left to have the file.
"""

import sys
from pathlib import Path

from explorer.architecture.spec import read_json
from explorer.process.lifeline import die_with_server, end_with_input
from explorer.process.limits import let_the_server_go_first


def main(file: str) -> int:
    """Make the file; gives the exit status, 0 or 1 with the cause as the last line of standard error."""
    die_with_server()
    design = sys.stdin.buffer.readline()
    end_with_input()
    let_the_server_go_first()
    from explorer.exchange.onnx_file import OnnxError, write_onnx  # noqa: PLC0415  # torch takes seconds

    try:
        write_onnx(read_json(design), Path(file))
    except (OnnxError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
