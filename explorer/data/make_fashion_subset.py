"""Make the subset of Fashion-MNIST that ships: python -m explorer.data.make_fashion_subset FOLDER_WITH_IDX_GZ.

The first 600 training and the first 100 test pictures of each class, in the order of the set's own files, one PNG
tile a class and split. The tile's name is its label, so labels and pictures cannot go out of step. The pixels depend
on the source alone; the bytes also on Pillow's deflate, so the manifest is written anew with them.
"""

import gzip
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

TARGET = Path(__file__).with_name("fashion-mnist-subset")
SIDE = 28  # pixels
COLUMNS = 25  # pictures in a row of a tile
SPLITS = {"train": ("train", 600), "test": ("t10k", 100)}  # our name: the source's, pictures a class


def read_idx(path: Path, header: int) -> npt.NDArray[np.uint8]:
    """Read the bytes after the header of a packed IDX file."""
    return np.frombuffer(gzip.decompress(path.read_bytes()), dtype=np.uint8, offset=header)


def to_tile(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
    """Lay pictures (N, 28, 28) out in rows of 25, row by row."""
    rows = pictures.reshape(-1, COLUMNS, SIDE, SIDE)
    return rows.transpose(0, 2, 1, 3).reshape(-1, COLUMNS * SIDE)


def write_split(source: Path, target: Path, split: str) -> None:
    """Write the ten tiles of one split."""
    prefix, count = SPLITS[split]
    images = read_idx(source / f"{prefix}-images-idx3-ubyte.gz", header=16).reshape(-1, SIDE, SIDE)
    labels = read_idx(source / f"{prefix}-labels-idx1-ubyte.gz", header=8)
    for label in range(10):
        chosen = images[labels == label][:count]
        Image.fromarray(to_tile(chosen)).save(target / f"{split}-{label}.png", optimize=True)


def write_manifest(target: Path) -> None:
    """List each tile with its size in bytes and its SHA-256."""
    tiles = [target / f"{split}-{label}.png" for split in SPLITS for label in range(10)]
    entries = [
        {"name": tile.name, "size": tile.stat().st_size, "sha256": hashlib.sha256(tile.read_bytes()).hexdigest()}
        for tile in tiles
    ]
    (target / "manifest.json").write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


def write_subset(source: Path, target: Path) -> None:
    """Write tiles and manifest from the folder `source` to the folder `target`."""
    target.mkdir(parents=True, exist_ok=True)
    for split in SPLITS:
        write_split(source, target, split)
    write_manifest(target)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m explorer.data.make_fashion_subset FOLDER_WITH_IDX_GZ")
    write_subset(Path(sys.argv[1]), TARGET)
