"""The ways in which a source fails to give a file."""


class RefusedError(Exception):
    """A source that does not give the file, however often it is asked; another source may."""


class WithoutRangesError(RefusedError):
    """A server that gives archives only whole."""


class CutError(Exception):
    """A try that failed where the next may not. `after`: seconds that the server asks to wait."""

    def __init__(self, why: str, after: float | None = None):
        self.after = after
        super().__init__(why)
