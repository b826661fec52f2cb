"""What may be looked into: nothing that would keep the others of a server waiting, whoever asks."""

import pytest

from explorer.architecture.presets import PRESETS
from explorer.web.looking.looked import MOST_PARAMS, TooLargeError, network_of


def test_a_network_that_is_too_large_is_refused_before_anything_is_read() -> None:
    with pytest.raises(TooLargeError, match=rf"46,764,746 parameters.* at most {MOST_PARAMS:,}"):
        network_of("nowhere", PRESETS["alexnet-d2l"].architecture, 0)
