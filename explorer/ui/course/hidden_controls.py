"""The controls that a step of a lesson can leave out of its page, so that a class looks at what is in question.

What they would change is refused by the step's locks, whether they are seen or not.
"""

from collections.abc import Iterable

from explorer.lessons.course.lesson import ControlName

# By the keys of their elements, which Streamlit makes classes of.
SELECTORS: dict[ControlName, str] = {
    "networks": "[class*='st-key-preset']",
    "code": ".st-key-open_menu",
    "file": ".st-key-file_menu",
    "race": ".st-key-sigmoid_or_relu",
    "train": ".st-key-train_this",
    "all-layers": ".st-key-controls",
    "beside": ".st-key-beside",
    "seeds": ".st-key-train_seeds",
    "more": ".st-key-more_settings",
    "known": ".st-key-known_settings",
}


def hiding(names: Iterable[ControlName]) -> str:
    """Give the style that leaves controls out, also for the keyboard and a screen reader; empty for none."""
    selectors = ", ".join(f".stMain {SELECTORS[name]}" for name in names)
    return f"<style>{selectors} {{ display: none }}</style>" if selectors else ""
