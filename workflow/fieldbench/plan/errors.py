"""The one exception a user is meant to read, and what it says where a file cannot be written."""

import errno
from pathlib import Path


class UserError(Exception):
    """Something the user can mend: one sentence says what is wrong, one says what to do."""

    def __init__(self, what: str, todo: str):
        self.what = what
        self.todo = todo
        super().__init__(f"{what} {todo}")

    def __reduce__(self):
        return type(self), (self.what, self.todo)


def cannot_write(path: str | Path, error: OSError) -> UserError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return UserError(
            f"{path} cannot be written: the disk is full.",
            "Free some space and run the same command again; finished files are kept.",
        )
    return UserError(
        f"{path} cannot be written: {error.strerror}.",
        "Make the folder writable, or name another with `results:` in config/config.yaml.",
    )
