"""The one table of the formats that are read, and the one way to read any of them."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from fieldbench.files import (
    arrays,
    checks,
    dicom,
    exr,
    hdf5,
    mat,
    meshes,
    nifti,
    pictures,
    sounds,
    tiff,
    videos,
)
from fieldbench.files.content import Content, Wanted
from fieldbench.plan.errors import UserError


@dataclass(frozen=True)
class Format:
    """A kind of file: its endings, who reads it, what of it is read, and what that needs."""

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[Path, Wanted], Content]
    what: str
    packages: tuple[str, ...] = ()  # by the names that they are imported and installed by


FORMATS = (
    Format("PNG", (".png",), pictures.read, "grey, RGB or palette, 1 to 16 bits"),
    Format("JPEG", (".jpg", ".jpeg"), pictures.read, "grey or RGB, turned as its EXIF says"),
    Format("BMP", (".bmp",), pictures.read, "grey, RGB or palette"),
    Format("WebP", (".webp",), pictures.read, "RGB; of an animation the first picture"),
    Format("TIFF", (".tif", ".tiff"), tiff.read,
           "a picture, grey or RGB, 1 to 16 bits or floats; pages of one size are a volume"),
    Format("OpenEXR", (".exr",), exr.read, "grey or RGB floats; `key`: one channel",
           ("OpenEXR",)),
    Format("NPY", (".npy",), arrays.read, "an array of one to three axes, and one of channels"),
    Format("NPZ", (".npz",), arrays.read_packed, "the same; `key`: which of its arrays"),
    Format("HDF5", (".h5", ".hdf5"), hdf5.read, "the same; `key`: the path of an array"),
    Format("MAT", (".mat",), mat.read, "the same; `key`: a variable. Versions 5, 7 and 7.3"),
    Format("NIfTI", (".nii.gz", ".nii"), nifti.read, "a volume and its spacing", ("nibabel",)),
    Format("DICOM", (".dcm",), dicom.read,
           "a slice or a volume and its spacing; a folder is read as one series", ("pydicom",)),
    Format("WAV", (".wav",), sounds.read, "a sound of 8 to 32 bits or floats", ("soundfile",)),
    Format("FLAC, MP3, OGG", (".flac", ".mp3", ".ogg"), sounds.read, "a sound", ("soundfile",)),
    Format("MP4 and other videos", tuple(videos.FORMATS), videos.read,
           "frames; the picture's first stream"),
    Format("PLY, OBJ, STL", (".ply", ".obj", ".stl"), meshes.read,
           "a closed mesh, as occupancy or distance on a cube"),
)  # fmt: skip
SUFFIXES = {suffix: form for form in FORMATS for suffix in form.suffixes}
FOLDER = SUFFIXES[".dcm"]  # a folder is a series


def read(path: str | Path, wanted: Wanted = Wanted()) -> Content:  # noqa: B008 (it is frozen)
    """Read a file that somebody has, or the part of it that is wanted.

    Raises a UserError when it is missing or damaged, is no file of its kind, holds more than a
    signal may, or needs a package that is not installed.
    """
    path = Path(path).expanduser()
    with checks.damages(path):
        if not path.exists():
            raise FileNotFoundError
        form = format_of(path)
        _check_packages(path, form)
        content = form.read(path, wanted)
        checks.bounded(path, content.values.shape)
    return content


def suffix_of(path: Path) -> str:
    """The ending of a file's name, `.nii.gz` whole."""
    name = path.name.lower()
    known = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)
    last = path.suffixes[-2:] if name.endswith((".gz", ".bz2", ".xz")) else path.suffixes[-1:]
    return known or "".join(last).lower()


def format_of(path: Path) -> Format:
    """The format of a file by its ending; of a folder, and of DICOM's many names, DICOM."""
    suffix = suffix_of(path)
    if path.is_dir() and (suffix not in SUFFIXES or SUFFIXES[suffix] is FOLDER):
        return FOLDER
    if path.is_file() and suffix not in SUFFIXES and dicom.is_one(path):
        return FOLDER
    if suffix not in SUFFIXES:
        what = f"files ending in '{suffix}'" if suffix else "files without an ending"
        raise UserError(
            f"{path}: {what} cannot be read.",
            f"Convert it to one of: {', '.join(SUFFIXES)}.",
        )
    return SUFFIXES[suffix]


def _check_packages(path: Path, form: Format) -> None:
    missing = [name for name in form.packages if find_spec(name) is None]
    if missing:
        names = " ".join(missing)
        raise UserError(
            f"{path} needs the package {names}, which is not installed.",
            f"Install it with: pip install {names}",
        )
