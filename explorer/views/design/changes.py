"""What differs between two networks, in one line."""

from functools import lru_cache

from explorer.architecture.analysis.difference import align
from explorer.architecture.build import layer_names
from explorer.architecture.presets import PRESETS, origin
from explorer.architecture.spec import Architecture

SHOWN_NAMES = 3  # of layers that differ


def source_words(design: Architecture) -> str:
    """Name the text that a network is from, or began as a network of; nothing for one of no text."""
    name = origin(design)
    if name is None:
        return ""
    return f"{'From' if PRESETS[name].architecture == design else 'Begun from'} {PRESETS[name].source}."


def layers_words(ours: Architecture, theirs: Architecture) -> str:
    """Say what the second network has that the first has not: `4 of 12 layers differ: relu1, …`; nothing if nothing."""
    names, other_names = layer_names(ours.layers), layer_names(theirs.layers)
    pairs = align(ours.layers, theirs.layers)
    differing = [
        other_names[pair.theirs] if pair.theirs is not None else f"no {names[pair.ours or 0]}"
        for pair in pairs
        if pair.ours is None or pair.theirs is None or ours.layers[pair.ours] != theirs.layers[pair.theirs]
    ]
    size = "" if ours.input_shape == theirs.input_shape else f"pictures of {theirs.input_shape[1]} pixels"
    shown = ", ".join(differing[:SHOWN_NAMES]) + ", …" * (len(differing) > SHOWN_NAMES)
    count = f"{len(differing)} of {len(pairs)} layers differ: {shown}" if differing else ""
    return ", ".join(filter(None, [count, size]))


@lru_cache(maxsize=1_024)  # a history has many runs of few designs
def since_text(design: Architecture) -> str:
    """Say what was changed of the course's network that a design began as; nothing for one as the text has it."""
    name = origin(design)
    return layers_words(PRESETS[name].architecture, design) if name else ""
