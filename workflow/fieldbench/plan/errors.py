"""The one exception a user is meant to read."""


class UserError(Exception):
    """Something the user can mend: one sentence says what is wrong, one says what to do."""

    def __init__(self, what: str, todo: str):
        self.what = what
        self.todo = todo
        super().__init__(f"{what} {todo}")

    def __reduce__(self):
        return type(self), (self.what, self.todo)
