"""Arrays of HDF5 files. Links, and arrays that lie in other files, are not followed."""

from pathlib import Path

import numpy as np

from fieldbench.files import arrays, checks
from fieldbench.files.content import Content, Wanted
from fieldbench.plan.errors import UserError

START = b"\x89HDF\r\n\x1a\n"


def read(path: Path, wanted: Wanted) -> Content:
    """The only array of numbers of an HDF5 file, or the one that `key` names."""
    checks.check_start(path, START)
    values, _ = stored(path, wanted)
    return arrays.of_array(path, values)


def stored(path: Path, wanted: Wanted, turned: bool = False) -> tuple[np.ndarray, bool]:
    """An array as it is stored, and whether MATLAB says that it is logical.

    `turned`: its axes in the opposite order, as MATLAB has them.
    """
    import h5py

    with h5py.File(path, "r") as file:
        names = _arrays(file)
        key = None if wanted.key is None else wanted.key.strip("/")
        found = file[checks.chosen(path, key, names, "array")]
        if found.is_virtual or found.external:
            raise UserError(
                f"{path} names other files that hold its values.", "Copy them into one file."
            )
        checks.check_axes(path, found.ndim)
        axis = found.ndim - 1 if turned else 0
        part = checks.taken(path, found.shape[axis], wanted)
        shape = list(found.shape)
        shape[axis] = part.stop - part.start
        checks.bounded(path, shape)
        values = found[(*[slice(None)] * axis, part)]
        logical = np.bytes_(found.attrs.get("MATLAB_class", b"")) == b"logical"
    return (values.T if turned else values), logical


def _arrays(file) -> list[str]:  # noqa: ANN001
    """The names of all arrays of numbers; a walk that follows no links to elsewhere."""
    import h5py

    names: list[str] = []

    def see(name: str, item: object) -> None:
        # MATLAB keeps the parts of its cells in a group of this name.
        plain = isinstance(item, h5py.Dataset) and not name.startswith("#refs#/")
        if plain and item.dtype.kind in "biuf" and item.shape:  # type: ignore[attr-defined]
            names.append(name)

    file.visititems(see)
    return sorted(names)
