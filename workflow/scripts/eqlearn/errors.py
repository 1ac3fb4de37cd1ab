"""The one exception that a person is meant to read."""


class InputError(ValueError):
    """A file, key or row is not what it must be.

    The message is one sentence: it names the place, says what was found and what is allowed.
    """
