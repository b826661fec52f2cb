"""What a network is fed, against Pillow's and torchvision's own arithmetic."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms.functional import rgb_to_grayscale, to_tensor

from explorer.training.cost.gate import can_adapt
from explorer.training.loop.batches import draw_orders, to_input


def random_pictures(channels: int, height: int, width: int) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (3, channels, height, width), generator=generator, dtype=torch.uint8)


def resized_by_pillow(picture: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize one grey picture in float precision, 0 to 1."""
    values = Image.fromarray(picture.numpy().astype(np.float32) / 255)
    return torch.from_numpy(np.array(values.resize((size[1], size[0]), Image.Resampling.BILINEAR)))


def test_pixels_become_what_the_books_to_tensor_makes_of_them() -> None:
    pictures = random_pictures(3, 8, 6)
    expected = torch.stack([to_tensor(picture.permute(1, 2, 0).numpy()) for picture in pictures])
    assert torch.equal(to_input(pictures, (3, 8, 6)), expected)


@pytest.mark.parametrize("size", [(224, 224), (32, 32), (14, 14), (40, 20), (9, 28)])
def test_pictures_are_resized_as_pillow_does_it(size: tuple[int, int]) -> None:
    pictures = random_pictures(1, 28, 28)
    expected = torch.stack([resized_by_pillow(picture[0], size) for picture in pictures]).unsqueeze(1)
    torch.testing.assert_close(to_input(pictures, (1, *size)), expected, atol=1e-5, rtol=0)


def test_grey_is_repeated_for_a_network_of_colour() -> None:
    pictures = random_pictures(1, 5, 5)
    colour = to_input(pictures, (3, 5, 5))
    assert all(torch.equal(colour[:, [channel]], to_input(pictures, (1, 5, 5))) for channel in range(3))


def test_colour_becomes_luminance_for_a_network_of_grey() -> None:
    pictures = random_pictures(3, 5, 5)
    torch.testing.assert_close(to_input(pictures, (1, 5, 5)), rgb_to_grayscale(pictures / 255))


def test_only_grey_and_luminance_adapt() -> None:
    adapts = {(found, wanted) for found in (1, 3) for wanted in (1, 2, 3, 4) if can_adapt(found, wanted)}
    assert adapts == {(1, 1), (1, 2), (1, 3), (1, 4), (3, 1), (3, 3)}


def test_each_epoch_orders_the_same_pictures_anew() -> None:
    orders = draw_orders(100, train_size=30, seed=5)
    first, second = next(orders), next(orders)
    assert not torch.equal(first, second)
    assert torch.equal(first.sort().values, second.sort().values)
    assert len(set(first.tolist())) == 30


def test_a_smaller_training_set_lies_within_a_larger_one() -> None:
    small, large = (set(next(draw_orders(100, train_size=size, seed=5)).tolist()) for size in (30, 60))
    assert small < large
