"""Augmented batches against the same changes made picture by picture, the colours against torchvision's arithmetic."""

import pytest
import torch
from torch import Tensor
from torchvision.transforms import functional

from explorer.training.recipe import augment
from explorer.training.recipe.augment import AUGMENTATIONS, MARGIN, colour, crop, flip, make_augment

CPU = torch.device("cpu")


def pictures(channels: int, count: int = 64) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(1, 256, (count, channels, 10, 12), generator=generator, dtype=torch.uint8)


def fresh(seed: int = 7) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def shifted(picture: Tensor, down: int, right: int) -> Tensor:
    """Shift one picture, C×H×W, by hand; what comes in is 0."""
    found = torch.zeros_like(picture)
    _, height, width = picture.shape
    for row in range(height):
        for column in range(width):
            if 0 <= row - down < height and 0 <= column - right < width:
                found[:, row, column] = picture[:, row - down, column - right]
    return found


def test_about_half_of_the_pictures_are_mirrored_and_the_others_stay() -> None:
    before = pictures(3)
    after = flip(before, fresh())
    mirrored = [torch.equal(new, old.flip(2)) for old, new in zip(before, after, strict=True)]
    kept = [torch.equal(new, old) for old, new in zip(before, after, strict=True)]
    assert all(one != other for one, other in zip(mirrored, kept, strict=True))
    assert 16 < sum(mirrored) < 48


def test_each_picture_is_shifted_by_a_draw_of_its_own() -> None:
    before = pictures(2, count=30)
    after = crop(before, fresh())
    reach = range(-MARGIN, MARGIN + 1)
    found = set()
    for old, new in zip(before, after, strict=True):
        (shift,) = ((down, right) for down in reach for right in reach if torch.equal(shifted(old, down, right), new))
        found.add(shift)
    assert len(found) > 15
    assert {abs(down) for down, _ in found} == {abs(right) for _, right in found} == set(range(MARGIN + 1))


def test_colours_change_as_torchvisions_brightness_contrast_and_saturation(monkeypatch: pytest.MonkeyPatch) -> None:
    factors = [torch.linspace(0.6, 1.4, 8), torch.linspace(1.4, 0.6, 8), torch.linspace(0.7, 1.3, 8)]
    drawn = iter(factors)
    monkeypatch.setattr(augment, "jitter_factors", lambda _count, _generator: next(drawn).view(-1, 1, 1, 1))
    before = pictures(3, count=8)
    after = colour(before, fresh())
    for number, old in enumerate(before):
        bright = functional.adjust_brightness(old / 255, float(factors[0][number]))
        contrast = functional.adjust_contrast(bright, float(factors[1][number]))
        expected = functional.adjust_saturation(contrast, float(factors[2][number]))
        assert (after[number] / 255 - expected).abs().max() <= 1 / 255


def test_colour_factors_lie_between_six_tenths_and_fourteen() -> None:
    factors = augment.jitter_factors(2_000, fresh())
    assert 0.6 <= factors.min() < 0.61
    assert 1.39 < factors.max() <= 1.4


@pytest.mark.parametrize("name", [name for name in AUGMENTATIONS if name != "none"])
def test_the_seed_decides_and_each_batch_is_drawn_anew(name: str) -> None:
    batch = pictures(3)
    one, same, other = (make_augment(name, seed=seed, device=CPU) for seed in (1, 1, 2))
    assert one is not None
    assert same is not None
    assert other is not None
    first = one(batch)
    assert torch.equal(first, same(batch))
    assert not torch.equal(first, one(batch))
    assert not torch.equal(first, other(batch))
    assert (first.shape, first.dtype) == (batch.shape, torch.uint8)


def test_none_is_nothing_to_do() -> None:
    assert make_augment("none", seed=0, device=CPU) is None
