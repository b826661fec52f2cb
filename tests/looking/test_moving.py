"""Moved pictures against what a hand would do: pixels copied, turned by right angles, hidden; and their accuracies."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from hypothesis import given
from hypothesis import strategies as st

from explorer.architecture.build import build
from explorer.architecture.presets import PRESETS
from explorer.looking.moving import FARTHEST, Move, Shifts, accuracies, moved, shifted, shifts_for

LENET = PRESETS["lenet-d2l"].architecture


def picture(seed: int = 0, *, height: int = 9, width: int = 9) -> torch.Tensor:
    return torch.rand(2, height, width, generator=torch.Generator().manual_seed(seed))


BLACK = torch.zeros(2, 9, 9)


@given(st.integers(-12, 12), st.integers(-12, 12))
def test_a_shift_copies_each_pixel_and_shows_the_ground_where_none_comes_from(across: int, down: int) -> None:
    before, ground = picture(), torch.full((2, 9, 9), 0.25)
    after = moved(before, Move(across=across, down=down), ground)
    for row in range(9):
        for column in range(9):
            y, x = row - down, column - across
            expected = before[:, y, x] if 0 <= y < 9 and 0 <= x < 9 else ground[:, row, column]
            torch.testing.assert_close(after[:, row, column], expected)


def test_what_is_not_moved_is_the_picture_bit_for_bit() -> None:
    assert torch.equal(moved(picture(), Move(), BLACK + 0.3), picture())


@pytest.mark.parametrize(("turn", "times"), [(90.0, -1), (180.0, 2), (-90.0, 1)])
def test_right_angles_turn_clockwise_as_whole_pixels(turn: float, times: int) -> None:
    after = moved(picture(), Move(turn=turn), BLACK)
    torch.testing.assert_close(after, torch.rot90(picture(), times, dims=(1, 2)), atol=1e-5, rtol=0)


def test_a_picture_that_is_not_square_turns_without_being_stretched() -> None:
    tall = torch.zeros(1, 21, 11)
    tall[0, 6:15, 5] = 1.0
    lies = moved(tall, Move(turn=90.0), torch.zeros(1, 21, 11))
    torch.testing.assert_close(lies[0, 10, 1:10], torch.ones(9), atol=1e-5, rtol=0)
    assert lies.sum() == pytest.approx(9, abs=1e-3)


def test_twice_as_large_keeps_the_middle_and_half_as_large_has_ground_around() -> None:
    large = moved(picture(height=8, width=8), Move(scale=2.0), torch.zeros(2, 8, 8))
    expected = F.interpolate(picture(height=8, width=8)[None, :, 2:6, 2:6], scale_factor=2, mode="bilinear")[0]
    torch.testing.assert_close(large[:, 1:7, 1:7], expected[:, 1:7, 1:7])
    small = moved(picture(height=8, width=8), Move(scale=0.5), torch.zeros(2, 8, 8))
    assert small[:, :1].abs().max() == 0
    assert small[:, 3:5].abs().max() > 0


def test_blur_keeps_the_light_and_spreads_it_by_its_deviation() -> None:
    dot = torch.zeros(1, 31, 31)
    dot[0, 15, 15] = 1.0
    spread = moved(dot, Move(blur=2.0), torch.zeros(1, 31, 31))[0]
    assert spread.sum() == pytest.approx(1, abs=1e-5)
    away = (torch.arange(31) - 15.0) ** 2
    assert (spread.sum(dim=0) * away).sum() == pytest.approx(4.0, rel=0.03)


def test_the_square_hides_what_is_below_it_and_light_ends_at_white() -> None:
    white = torch.ones(2, 9, 9)
    hidden = moved(white, Move(cover=3, cover_across=3, cover_down=-4), BLACK + 0.5)
    assert hidden[:, 0:2, 6:9].eq(0.5).all()
    assert (hidden == 0.5).sum() == 2 * 2 * 3
    assert moved(picture(), Move(light=0.5), BLACK).max() == 1
    assert moved(picture(), Move(light=-1.0), BLACK).max() == 0


def test_accuracies_are_those_of_pictures_shifted_one_by_one() -> None:
    torch.manual_seed(0)
    network = build(LENET).eval()
    inputs, labels, ground = torch.rand(30, 1, 28, 28), torch.arange(30) % 10, torch.zeros(1, 28, 28)
    found = accuracies(network, inputs, labels, ground, down=-2)
    assert found.shape == (2 * FARTHEST + 1,)
    for across in (-8, 0, 3):
        one_by_one = [moved(each, Move(across=across, down=-2), ground) for each in inputs]
        answers = torch.cat([network(each[None]).argmax(dim=1) for each in one_by_one])
        assert found[across + FARTHEST] == (answers == labels).float().mean()
        assert accuracies(network, inputs, labels, ground, down=-2, across=[across]) == found[across + FARTHEST]


def test_a_large_network_is_measured_at_every_second_shift_with_few_pictures_and_a_vast_one_not_at_all() -> None:
    assert shifts_for(mult_adds=423_720, pictures=1_000) == Shifts(every=1, pictures=500)  # LeNet
    assert shifts_for(mult_adds=938_146_176, pictures=1_000) == Shifts(every=2, pictures=26)  # AlexNet at 224
    assert shifts_for(mult_adds=15_000_000_000, pictures=1_000) is None


def test_a_stack_of_pictures_is_shifted_as_each_is() -> None:
    stack = torch.stack([picture(seed) for seed in range(3)])
    torch.testing.assert_close(shifted(stack, across=2, down=-1)[1], shifted(picture(1), across=2, down=-1))
