"""Many small pictures in one PNG, side by side and pixel for pixel, so that a page of them is one thing to send."""

import io

import msgspec
import numpy as np
from PIL import Image
from torch import Tensor

COLUMNS = 8


class PictureSheet(msgspec.Struct, frozen=True):
    """A PNG of pictures in rows of `columns`, each `height` × `width` pixels."""

    png: bytes
    columns: int
    rows: int
    height: int
    width: int


def picture_sheet(images: Tensor) -> PictureSheet:
    """Compose pictures, uint8 N×C×H×W with one channel or three, N at least 1."""
    pixels = images.permute(0, 2, 3, 1).numpy()
    count, height, width, channels = pixels.shape
    columns, rows = min(COLUMNS, count), -(-count // COLUMNS)
    tiles = np.zeros((rows * columns, height, width, channels), dtype=np.uint8)
    tiles[:count] = pixels
    laid = tiles.reshape(rows, columns, height, width, channels).swapaxes(1, 2)  # rows, H, columns, W, C
    whole = laid.reshape(rows * height, columns * width, channels)
    file = io.BytesIO()
    Image.fromarray(whole[:, :, 0] if channels == 1 else whole).save(file, "PNG")
    return PictureSheet(file.getvalue(), columns, rows, height, width)
