"""What is there only while training, so that the network does not learn by heart."""

from typing import Annotated, ClassVar

from msgspec import Meta

from explorer.architecture.kinds.layer import Layer, Role

Probability = Annotated[float, Meta(ge=0, lt=1)]


class Regularisation(Layer, frozen=True):
    """What they share: without training they do nothing."""

    abstract = True
    role: ClassVar[Role] = "regularisation"


class Dropout(Regularisation, frozen=True):
    """Sets a share `p` of the values to 0 while training and scales up the rest."""

    p: Probability = 0.5

    def words(self) -> tuple[str, ...]:
        """Say the share."""
        return (f"p {self.p:g}",)


class Dropout2d(Regularisation, frozen=True):
    """Sets a share `p` of whole maps to 0 while training and scales up the rest."""

    short = "dropout"
    takes = "maps"
    instead = "Dropout"

    p: Probability = 0.5

    def words(self) -> tuple[str, ...]:
        """Say the share."""
        return (f"p {self.p:g}",)
