"""Words in the languages of a lesson, side by side."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Language = Literal["en", "zh"]
LANGUAGES: dict[Language, str] = {"en": "English", "zh": "中文"}
MAX_WORDS = 2_000  # letters


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same words in English and in Chinese, as Markdown; a lesson of one's own may have them in one alone."""

    en: Annotated[str, Meta(max_length=MAX_WORDS)] = ""
    zh: Annotated[str, Meta(max_length=MAX_WORDS)] = ""

    def said(self, language: Language) -> str:
        """Give the words in one language, or in the only one that there is."""
        return (self.en or self.zh) if language == "en" else (self.zh or self.en)
