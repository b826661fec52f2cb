"""Answers are shown beside the pictures that were answered, or beside none."""

import pytest
import torch
from msgspec.structs import replace

from explorer.data.datasets import DATASETS, DataError, Pictures, load
from explorer.training.answers.answer_file import Header, Kept
from explorer.training.answers.answered_pictures import answered_pictures
from explorer.training.answers.answers import answers
from explorer.training.environment import data_checksum

NAME = "fashion-mnist-subset"
LABELS = torch.arange(10).repeat(100)
KEPT = Kept(
    Header(run="a", step=1, dataset=NAME, data_sha256=data_checksum(NAME), classes=DATASETS[NAME].classes),
    answers(torch.zeros(1_000, 10), LABELS),
)


def load_test(name: str) -> Pictures:
    return load(name).test


def missing(name: str) -> Pictures:
    raise DataError(f"{name} is not in the folder.")


def test_the_pictures_that_were_answered_are_given() -> None:
    assert answered_pictures(KEPT, load_test).images.shape == (1_000, 1, 28, 28)


def test_other_pictures_are_refused_in_words() -> None:
    with pytest.raises(DataError, match="has changed since this run was tested: its checksum is another"):
        answered_pictures(replace(KEPT, header=replace(KEPT.header, data_sha256="0")), load_test)
    fewer = replace(KEPT, answers=answers(torch.zeros(999, 10), LABELS[1:]))
    with pytest.raises(DataError, match="its classes are others"):
        answered_pictures(fewer, load_test)
    with pytest.raises(DataError, match="'imagenet', a data set that this version of the program does not know"):
        answered_pictures(replace(KEPT, header=replace(KEPT.header, dataset="imagenet")), load_test)
    with pytest.raises(DataError, match="is not in the folder"):
        answered_pictures(KEPT, missing)
