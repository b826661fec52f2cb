"""The pictures that answers were given to, if they are still the ones that lie on this machine."""

from collections.abc import Callable

import torch

from explorer.data.datasets import DATASETS, DataError, Pictures
from explorer.training.answers.answer_file import Kept
from explorer.training.environment import data_checksum


def answered_pictures(kept: Kept, load: Callable[[str], Pictures]) -> Pictures:
    """Give the test pictures that were answered, from what `load` gives for the name of a data set.

    Raises `DataError` where they are not there, or are others by now.
    """
    name = kept.header.dataset
    if name not in DATASETS:
        raise DataError(f"They are those of {name!r}, a data set that this version of the program does not know.")
    if data_checksum(name) != kept.header.data_sha256:
        raise _changed(name, "its checksum is another")
    pictures = load(name)
    if not torch.equal(pictures.labels, kept.answers.labels.long()):
        raise _changed(name, "its classes are others")
    return pictures


def _changed(name: str, how: str) -> DataError:
    return DataError(
        f"{DATASETS[name].title} has changed since this run was tested: {how}. "
        "Run it again, and its answers are to the pictures that are there now."
    )
