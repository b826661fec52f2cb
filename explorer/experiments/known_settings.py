"""Settings that were tried with a network of the course, and work or fail: the figure measured, and the reason.

Each was run once, as its network's text has it, with one channel and ten classes, on the 6,000 pictures that ship
(AlexNet on fewer), with seed 0 on a CPU. Another seed or device moves an accuracy by a point or two. Those on the
digits were run with five seeds, of which the figure is the lowest.
"""

import msgspec
from msgspec.structs import replace

from explorer.training.recipe.recipe import Recipe


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe whose outcome is known."""

    works: bool
    recipe: Recipe
    accuracy: float | None  # measured on the 1,000 test pictures at the end; None: the loss was no number before that
    reason: str  # one sentence, with the figure


def _works(accuracy: float, reason: str, recipe: Recipe) -> Known:
    return Known(works=True, recipe=recipe, accuracy=accuracy, reason=reason)


def _fails(accuracy: float | None, reason: str, recipe: Recipe) -> Known:
    return Known(works=False, recipe=recipe, accuracy=accuracy, reason=reason)


_ADAM = Recipe(optimizer="Adam", learning_rate=0.001, batch_size=200, epochs=20)
_DIGITS = Recipe(dataset="mnist", optimizer="Adam", init="keras")
_SGD = Recipe(learning_rate=0.1, batch_size=64, init="xavier", epochs=10)
_BOOK = Recipe(learning_rate=0.9, batch_size=256, init="xavier", epochs=10)
_ZEROS = Recipe(init="zeros", epochs=5)
_SMALL = Recipe(optimizer="Adam", learning_rate=0.001, batch_size=128, epochs=10)
_LARGE = Recipe(optimizer="Adam", learning_rate=0.0001, batch_size=16, train_size=384, epochs=1, init="kaiming")
_EQUAL = "every unit of a layer begins as its neighbours do, gets the same gradient, and stays the same"
_BLOCKED = "weights of 0 let no picture through and no gradient back; only the last biases learn"
_GUESSING = "10 %, as good as guessing"

KNOWN: dict[str, tuple[Known, ...]] = {
    "lenet-d2l": (
        _works(
            0.834,
            "83 %: sigmoids pass on small gradients, which a large step makes up for; flat for the first ten epochs.",
            replace(_BOOK, epochs=98),
        ),
        _works(
            0.827,
            "83 % after 10 epochs: Adam divides by the usual size of a gradient, so small ones matter less.",
            Recipe(optimizer="Adam", learning_rate=0.01, batch_size=64, epochs=10),
        ),
        _fails(
            0.1,
            f"{_GUESSING}: with the sigmoids' small gradients, such steps are still on the first plateau at 10 epochs.",
            replace(_BOOK, learning_rate=0.01),
        ),
        _fails(
            0.1,
            f"{_GUESSING}: momentum 0.9 makes steps of 0.9 up to ten times as long, and the sigmoids saturate.",
            replace(_BOOK, momentum=0.9),
        ),
        _fails(0.1, f"{_GUESSING}: {_EQUAL}.", replace(_BOOK, init="zeros")),
    ),
    "lenet-keras": (
        _works(0.86, "86 %: ReLU passes gradients on whole, so a ninth of the sigmoids' step is enough.", _SGD),
        _works(0.861, "86 %: its text's recipe, which needs no tuning of the step.", replace(_ADAM, init="keras")),
        _works(
            0.9924,
            "99 % on the digits with each of five seeds, half a minute on two cores: the step grows, then shrinks.",
            replace(_DIGITS, learning_rate=0.003, schedule="one-cycle", batch_size=64, epochs=6),
        ),
        _fails(
            0.1,
            f"{_GUESSING}: at the sigmoids' learning rate all of conv2's ReLUs die: they are 0 for every picture.",
            _BOOK,
        ),
        _fails(
            0.1,
            f"{_GUESSING}: Adam moves each weight by about its learning rate, and 0.1 kills all of conv1's ReLUs.",
            replace(_ADAM, learning_rate=0.1, batch_size=64, epochs=5),
        ),
        _fails(
            0.1,
            f"{_GUESSING}: steps so small that ten epochs of 24 steps do not leave the start.",
            Recipe(learning_rate=0.001, epochs=10),
        ),
        _fails(0.1, f"{_GUESSING}: {_BLOCKED}.", Recipe(init="zeros", epochs=10)),
    ),
    "lenet-pytorch": (
        _works(0.85, "85 %: without activations gradients pass unchanged, and Adam suits.", _ADAM),
        _works(
            0.833,
            "83 %: half the step of the ReLU network, since nothing cuts a negative gradient off.",
            replace(_SGD, learning_rate=0.05),
        ),
        _fails(
            None,
            "No number after 4 steps: nothing here bounds a value, so each step of 0.9 makes the next one larger.",
            _BOOK,
        ),
        _fails(
            0.111,
            "11 %, about as good as guessing: ten epochs of 24 such small steps do not leave the start.",
            Recipe(learning_rate=0.001, epochs=10),
        ),
        _fails(0.1, f"{_GUESSING}: {_BLOCKED}.", _ZEROS),
    ),
    "lenet5-1998": (
        _works(
            0.798,
            "80 %: the paper's first weights keep each unit's sum small, where the scaled tanh is steep.",
            replace(_ADAM, epochs=10, init="lenet5"),
        ),
        _fails(
            0.1,
            f"{_GUESSING}: squared distances to the codes give steep gradients, and such steps saturate every tanh.",
            Recipe(learning_rate=0.1, init="lenet5", epochs=5),
        ),
        _fails(
            0.1,
            f"{_GUESSING}: Adam moves each weight by about its learning rate, and steps of 0.1 saturate every tanh.",
            replace(_ADAM, learning_rate=0.1, epochs=5, init="lenet5"),
        ),
        _fails(
            0.1,
            f"{_GUESSING}: weights of 0 let no picture through and no gradient back; only F6's biases learn.",
            replace(_ADAM, epochs=5, init="zeros"),
        ),
    ),
    "lenet-ng": (
        _works(0.839, "84 %: ReLU passes gradients on whole, so a ninth of the sigmoids' step is enough.", _SGD),
        _works(0.83, "83 %: Adam needs no tuning of the step.", _ADAM),
        _fails(
            0.1,
            f"{_GUESSING}: at the sigmoids' learning rate all of conv2's ReLUs die: they are 0 for every picture.",
            _BOOK,
        ),
        _fails(0.1, f"{_GUESSING}: {_BLOCKED}.", _ZEROS),
    ),
    "alexnet-28": (
        _works(0.811, "81 %: Adam takes eight layers through the first epochs, where gradients are smallest.", _SMALL),
        _works(
            0.798,
            "80 %: momentum makes SGD's steps long enough, and kaiming keeps signals alive through eight layers.",
            replace(_SMALL, optimizer="SGD", learning_rate=0.01, momentum=0.9, init="kaiming"),
        ),
        _fails(
            0.172,
            "17 %: ten epochs of 47 steps are too few for eight layers with plain SGD at 0.01.",
            replace(_SMALL, optimizer="SGD", learning_rate=0.01, init="xavier"),
        ),
        _fails(
            0.1,
            f"{_GUESSING}: weights of deviation 0.01 were made for layers of thousands of inputs; here signals fade.",
            replace(_SMALL, optimizer="SGD", learning_rate=0.01, momentum=0.9, weight_decay=0.0005, init="alexnet"),
        ),
        _fails(
            0.1,
            f"{_GUESSING}: Adam's first steps of 0.02 on each weight are more than eight layers can take.",
            replace(_SMALL, learning_rate=0.02, epochs=5),
        ),
        _fails(
            0.1,
            f"{_GUESSING}: {_BLOCKED}.",
            replace(_SMALL, epochs=5, init="zeros"),
        ),
    ),
    "alexnet-d2l": (
        _works(
            0.508,
            "51 % after 80 steps, some minutes on a CPU: momentum makes steps of 0.01 long enough; it has only begun.",
            Recipe(train_size=1280, epochs=2, batch_size=32, learning_rate=0.01, momentum=0.9, init="xavier"),
        ),
        _fails(
            0.1,
            f"{_GUESSING}: Adam's steps of 0.01 on each of 46.8 million weights threw the mean loss past 100,000.",
            Recipe(train_size=640, epochs=1, batch_size=32, optimizer="Adam", learning_rate=0.01, init="xavier"),
        ),
    ),
    "alexnet-227": (
        _works(
            0.533,
            "53 % after 20 steps, some minutes on a CPU: kaiming's weights keep signals alive through eight layers.",
            replace(_LARGE, train_size=320),
        ),
        _fails(
            0.1,
            f"{_GUESSING}: Adam's steps of 0.01 on each of 58 million weights threw the loss past a million.",
            replace(_LARGE, learning_rate=0.01, train_size=128, init="xavier"),
        ),
    ),
    "alexnet-2012": (
        _works(
            0.362,
            "36 % after 24 steps, some minutes on a CPU: Adam's small steps take kaiming's first weights along.",
            _LARGE,
        ),
        _fails(
            0.1,
            f"{_GUESSING}: the paper's weights and momentum threw the loss to 37 by step 5; 12 steps are too few.",
            Recipe(
                train_size=192,
                epochs=1,
                batch_size=16,
                learning_rate=0.01,
                momentum=0.9,
                weight_decay=0.0005,
                init="alexnet",
            ),
        ),
    ),
    "alexnet-torchvision": (
        _works(
            0.467,
            "47 % after 24 steps, some minutes on a CPU: kaiming's weights keep signals alive through eight layers.",
            _LARGE,
        ),
        _fails(
            0.113,
            "11 %, about as good as guessing: signals fade in torch's own first weights; 12 steps change little.",
            replace(_LARGE, optimizer="SGD", learning_rate=0.01, train_size=192, init="default"),
        ),
    ),
}


def find_known(preset: str, recipe: Recipe) -> Known | None:
    """Find what is known of a recipe with a network; the seed and the device are taken as of no matter."""
    plain = replace(recipe, seed=Recipe().seed, device=Recipe().device)
    return next((known for known in KNOWN.get(preset, ()) if known.recipe == plain), None)
