"""How a place can fail to give a file."""


class RefusedError(Exception):
    """This place does not give the file, and asking again will not help; another place may."""


class WithoutRangesError(RefusedError):
    """This server gives archives only whole."""


class CutError(Exception):
    """It went wrong this time. `after`: seconds that the server asks to wait."""

    def __init__(self, why: str, after: float | None = None):
        self.after = after
        super().__init__(why)
