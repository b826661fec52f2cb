"""A person, as a server knows one: by an id in a cookie, a nickname, and whether they teach."""

import msgspec

MOST_LETTERS = 40  # of a nickname


class Person(msgspec.Struct, frozen=True):
    """Who asks for something."""

    id: str
    nickname: str = ""
    is_teacher: bool = False

    def may_change(self, owner: str) -> bool:
        """Say whether this person may stop, change, name and delete what an owner launched."""
        return self.is_teacher or self.id == owner


ALONE = Person("here", is_teacher=True)  # at this computer, where nobody else is

NOBODY = Person("")


class NotAllowedError(Exception):
    """What was asked for is another person's; says whose right it is."""
