"""Names and units that people choose: they stand in files, figures and sentences, so they must be text that shows."""

import unicodedata

from eqlearn.errors import InputError

LONGEST = 100  # characters of a name in equations, headings and legends
_HIDDEN = ("Cc", "Cs", "Cn", "Zl", "Zp")  # control characters, halves of characters, none at all, breaks of lines


def is_printable(text: str) -> bool:
    """Whether all characters can be drawn, and written as UTF-8 and XML."""
    return not any(unicodedata.category(character) in _HIDDEN for character in text)


def shown(text: str) -> str:
    """The text as it is, or with escapes where a character would not show."""
    return text if is_printable(text) else ascii(text)


def require_printable(place: str, text: str) -> None:
    """InputError where a name or unit does not show."""
    if not is_printable(text):
        raise InputError(f"{place}: {text!a} holds a control character or a break of lines, must be plain text.")


def normal(name: str) -> str:
    """The name as Python, and so an expression, reads it: the sign for micro becomes the Greek letter."""
    return unicodedata.normalize("NFKC", name)


def hint_of(name: object) -> str:
    """What to write instead of a name that would be read as another, as the end of a sentence."""
    if not isinstance(name, str) or not is_printable(name) or normal(name) == name:
        return ""
    return f"; write it as {normal(name)!r}, with other characters that look alike"
