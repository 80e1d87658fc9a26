"""NIfTI volumes by nibabel, also packed ones."""

import zlib
from pathlib import Path
from typing import Any

import numpy as np

from fieldbench.files import checks
from fieldbench.files.content import Content, Wanted

UPRIGHT = "its axes are those of the file; the directions that its header tells are not applied"


def read(path: Path, wanted: Wanted) -> Content:
    """A volume, scaled as its header says, and the spacing of its samples in millimetres."""
    import nibabel

    checks.no_key(path, wanted)
    try:
        image: Any = nibabel.load(path)
        shape = tuple(image.shape)
        while len(shape) > 3 and shape[-1] == 1:  # a time of one moment
            shape = shape[:-1]
        checks.check_axes(path, len(shape))
        checks.typed(path, image.get_data_dtype().kind)
        part = checks.taken(path, shape[0], wanted)
        checks.bounded(path, (part.stop - part.start, *shape[1:]))
        values = np.asarray(image.dataobj[part])
    except nibabel.filebasedimages.ImageFileError as error:
        raise checks.unreadable(path, "it is no NIfTI file") from error
    except zlib.error as error:
        raise checks.unreadable(path, "it was cut short or damaged") from error
    spacing = tuple(float(side) for side in image.header.get_zooms()[: len(shape)])
    return Content(
        values.reshape(part.stop - part.start, *shape[1:]),
        channels=None if len(shape) == 4 else False,
        spacing=spacing,
        notes=(UPRIGHT,),
    )
