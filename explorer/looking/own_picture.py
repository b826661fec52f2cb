"""A picture of one's own on its way to a network: made like the data set's pictures, in steps that can be seen.

It stays in memory. What is done by default is what was done to the data set's own pictures.
"""

import io
import threading
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from explorer.data.files import DataError
from explorer.data.luminance import LUMINANCE
from explorer.training.loop.batches import to_input

MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 24_000_000  # 6000 × 4000, as cameras take them
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")  # what browsers draw, and no decoder beyond
LONGEST = 1024  # pixels of a side, beyond which a picture is made smaller before anything is done with it
SHOWN = 112  # pixels of a side of a step's small picture
FEWEST_LEVELS = 8  # of brightness, of 255, between the ground and what is drawn
STEPS = ("came", "cropped", "channels", "inverted", "centred", "scaled")
WHITE = (255, 255, 255, 255)
BOX = 20 / 28  # the share of a side that MNIST's digits have
TRY = "Draw one, or choose a PNG, JPEG or WebP file."

Pixels = NDArray[np.uint8]  # height × width × channels
_decoding = threading.Lock()  # one large picture at a time: each takes up to a hundred megabytes for a moment


class OwnPictureError(DataError):
    """A picture of one's own cannot go into a network: says what it is, and what is taken."""


class Switches(NamedTuple):
    """Which steps are taken; `invert` only where a picture is dark on light."""

    crop: bool
    invert: bool
    centre: bool


class OwnPictures(NamedTuple):
    """How pictures of one's own are made like a data set's."""

    switches: Switches
    is_grey: bool  # light on dark, as the pictures of such data sets here are; photographs in colour otherwise


class Step(NamedTuple):
    """A step, and the picture after it with the colour of its ground, which a crop may leave nothing of."""

    name: str
    pixels: Pixels
    ground: Pixels  # one for each channel


def own_pictures(dataset: str, channels: int) -> OwnPictures:
    """Say how a picture becomes one like a data set's, by what was done to the data set's own.

    MNIST's digits were centred by their mass. Clothes were not: Fashion-MNIST cut them out, and the longer side fills
    the picture. Photographs in colour are as they were taken.
    """
    is_grey = channels == 1
    return OwnPictures(Switches(crop=is_grey, invert=is_grey, centre=dataset == "mnist"), is_grey)


def steps_of_own(content: bytes, switches: Switches, stored_shape: tuple[int, int, int]) -> list[Step]:
    """Make a picture like those of a data set, whose shape is channels × height × width; raises `OwnPictureError`.

    The last step's pixels have that shape, with the channels last.
    """
    came = _came(content)
    cropped = came if not switches.crop else _cropped(came)
    grey = _in_channels(cropped, stored_shape[0])
    inverted = _inverted(grey) if switches.invert and is_dark_on_light(came) else grey
    centred = _centred(inverted, stored_shape[1:]) if switches.centre else inverted
    steps = [came, cropped, grey, inverted, centred, _scaled(centred, stored_shape[1:])]
    return [step._replace(name=name) for name, step in zip(STEPS, steps, strict=True)]


def own_input(scaled: Step, input_shape: tuple[int, int, int]) -> Tensor:
    """Give the last step's picture as a network takes it, as a test picture is given to it."""
    return to_input(torch.from_numpy(scaled.pixels.copy()).permute(2, 0, 1)[None], input_shape)[0]


def small_picture(step: Step) -> Tensor:
    """Give a step's picture to be shown: channels × height × width from 0 to 1, at most some hundred pixels a side."""
    pixels = _resized(step.pixels, _fitted(step.pixels, min(SHOWN, max(step.pixels.shape))))
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1).float() / 255


def is_dark_on_light(step: Step) -> bool:
    """Say whether a picture's ground, which is what most of its border shows, is nearer to white."""
    return bool(_grey(step.ground[None, None]).item() > 127)


def _came(content: bytes) -> Step:
    _check_bytes(content)
    pixels = _laid_on_white(_decoded(content))
    _check_levels(_grey(pixels))
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return Step("came", pixels, np.asarray(np.median(border, axis=0).round(), dtype=np.uint8))


def _decoded(content: bytes) -> Image.Image:
    try:
        with _decoding, Image.open(io.BytesIO(content), formats=FORMATS) as image:
            _check_pixels(*image.size)
            return _made_smaller(image)
    except OwnPictureError:
        raise
    except Image.DecompressionBombError as error:
        raise OwnPictureError(f"The picture has far more than {MOST_PIXELS:,} pixels. {TRY}") from error
    except UnidentifiedImageError as error:
        raise OwnPictureError(f"These {len(content):,} bytes are no picture that can be read here. {TRY}") from error
    except Exception as error:  # a decoder raises whatever it stumbles over
        raise OwnPictureError(f"The picture is cut or broken: {error}. {TRY}") from error


def _check_bytes(content: bytes) -> None:
    if not content:
        raise OwnPictureError(f"There is no picture: nothing came. {TRY}")
    if len(content) > MOST_BYTES:
        raise OwnPictureError(f"The picture has {len(content):,} bytes; at most {MOST_BYTES:,} are taken. {TRY}")


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise OwnPictureError(
            f"The picture has {width:,} × {height:,} pixels; at most {MOST_PIXELS:,} are taken, as 6000 × 4000 has. "
            "Make it smaller first."
        )


def _check_levels(grey: Pixels) -> None:
    if (levels := int(grey.max()) - int(grey.min())) < FEWEST_LEVELS:
        raise OwnPictureError(
            f"The picture is one even area: its brightness differs by {levels} of 255 levels, and {FEWEST_LEVELS} are "
            f"the least in which something can be seen. {TRY}"
        )


def _made_smaller(image: Image.Image) -> Image.Image:
    image.draft(None, (LONGEST, LONGEST))  # a JPEG is decoded at a half, a quarter or an eighth of its size
    image.load()
    grey = image if image.mode not in ("I", "I;16", "I;16B", "I;16L", "F") else _from_deep(image)
    turned = ImageOps.exif_transpose(grey)
    if max(turned.size) > LONGEST:
        turned = turned if turned.mode in ("L", "RGB", "RGBA") else turned.convert("RGBA")
        turned.thumbnail((LONGEST, LONGEST))
    return turned


def _from_deep(image: Image.Image) -> Image.Image:
    """Bring 16 bits a pixel to 8, which Pillow itself would cut off at 255."""
    return Image.fromarray((np.asarray(image).astype(np.float64).clip(0, 65_535) / 257).round().astype(np.uint8))


def _laid_on_white(image: Image.Image) -> Pixels:
    if image.mode == "L" and "transparency" not in image.info:
        return np.asarray(image)[:, :, None]
    whole = image.convert("RGBA")
    colours = np.asarray(Image.alpha_composite(Image.new("RGBA", whole.size, WHITE), whole))[:, :, :3]
    is_grey = bool((colours == colours[:, :, :1]).all())  # as a drawing is, whatever its file says
    return colours[:, :, :1] if is_grey else colours


def _grey(pixels: Pixels) -> Pixels:
    if pixels.shape[2] == 1:
        return pixels
    return np.asarray((pixels @ np.array(LUMINANCE))[:, :, None].round(), dtype=np.uint8)


def _mass(step: Step) -> NDArray[np.float64]:
    """Give by how much each pixel differs from the ground."""
    return np.asarray(np.abs(step.pixels - step.ground.astype(np.float64)).max(axis=2))


def _cropped(step: Step) -> Step:
    mass = _mass(step)
    drawn = mass > mass.max() / 4
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    return step._replace(pixels=step.pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _in_channels(step: Step, channels: int) -> Step:
    if channels == 1:
        return step._replace(pixels=_grey(step.pixels), ground=_grey(step.ground[None, None])[0, 0])
    repeats = channels // len(step.ground)
    return step._replace(pixels=step.pixels.repeat(repeats, axis=2), ground=step.ground.repeat(repeats))


def _inverted(step: Step) -> Step:
    return step._replace(pixels=255 - step.pixels, ground=255 - step.ground)


def _centred(step: Step, size: tuple[int, int]) -> Step:
    """Fit a picture into MNIST's box, its centre of mass in the middle, as far as nothing is cut off for it."""
    fitted = step._replace(pixels=_resized(step.pixels, _fitted(step.pixels, round(BOX * min(size)))))
    mass = _mass(fitted)
    return _laid_on_ground(fitted, size, (_start(mass, 0, size[0]), _start(mass, 1, size[1])))


def _scaled(step: Step, size: tuple[int, int]) -> Step:
    """Scale a picture; its ground fills it up to the shape, so that nothing is squeezed."""
    height, width = step.pixels.shape[:2]
    high, wide = max(height, round(width * size[0] / size[1])), max(width, round(height * size[1] / size[0]))
    framed = _laid_on_ground(step, (high, wide), ((high - height) // 2, (wide - width) // 2))
    return step._replace(pixels=_resized(framed.pixels, size))


def _laid_on_ground(step: Step, size: tuple[int, int], place: tuple[int, int]) -> Step:
    (top, left), (height, width) = place, step.pixels.shape[:2]
    frame = np.tile(step.ground, (*size, 1))
    frame[top : top + height, left : left + width] = step.pixels
    return step._replace(pixels=frame)


def _start(mass: NDArray[np.float64], axis: int, length: int) -> int:
    """Say where a picture starts along an axis of its frame."""
    along = mass.sum(axis=1 - axis)
    centre = (along @ (np.arange(len(along)) + 0.5)) / along.sum() if along.any() else len(along) / 2
    return int(np.clip(round(length / 2 - centre), 0, length - len(along)))


def _fitted(pixels: Pixels, longest: int) -> tuple[int, int]:
    height, width = pixels.shape[:2]
    scale = longest / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def _resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    if pixels.shape[:2] == size:
        return pixels
    parts = [Image.fromarray(part).resize(size[::-1], Image.Resampling.BILINEAR) for part in np.moveaxis(pixels, 2, 0)]
    return np.stack([np.asarray(part) for part in parts], axis=2)
