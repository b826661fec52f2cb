"""How a design is refused: its text cannot be read, or its layers do not fit one another."""


class DesignError(ValueError):
    """A design that cannot be read: where in it, what was found there, and what is allowed.

    `where` is a path such as `layers[3].kernel_size`, or `design` for the whole text.
    """

    def __init__(self, *, where: str, found: str, allowed: str) -> None:
        super().__init__(f"{where}: found {found}; allowed: {allowed}.")
        self.where = where
        self.found = found
        self.allowed = allowed


class StackError(ValueError):
    """A stack whose layer `index` does not fit what comes before it; `cause` says why, in the stack's numbers."""

    def __init__(self, *, index: int, name: str, kind: str, cause: str) -> None:
        super().__init__(f"Layer {index + 1} ({name}): {cause}")
        self.index = index
        self.name = name
        self.kind = kind
        self.cause = cause
