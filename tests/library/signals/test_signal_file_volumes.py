"""Arrays and volumes in the files of several programs, written by their own libraries."""

import gzip
import struct
import zlib

import h5py
import nibabel
import numpy as np
import pytest
from helpers.dicom_files import slice_of, write_series
from helpers.own_files import FLOATS, GREY8, GREY16, RNG, check, refused
from pydicom.uid import generate_uid
from scipy.io import savemat

from fieldbench.files import mat, reading
from fieldbench.files.content import Wanted
from fieldbench.signals.file import Signal

VOLUME = RNG.random((5, 6, 7))
HOUNSFIELD = np.linspace(-1024, 3000, 210).astype(np.int16).reshape(5, 6, 7)[:, ::-1].copy()


def stored_npz(path, **arrays):
    np.savez_compressed(path, **arrays)


def stored_hdf5(path, **arrays):
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            file.create_dataset(name, data=values, compression="gzip")


def stored_mat(path, **arrays):
    savemat(path, arrays, do_compression=True)


def stored_mat_73(path, **arrays):
    """As MATLAB writes it: HDF5 behind 512 bytes of its own, axes in the opposite order."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, values in arrays.items():
            file[name] = values.astype(np.uint8 if values.dtype == bool else values.dtype).T
            file[name].attrs["MATLAB_class"] = np.bytes_(
                "logical" if values.dtype == bool else "double"
            )
    content = bytearray(path.read_bytes())
    content[:19] = b"MATLAB 7.3 MAT-file"
    path.write_bytes(content)


KEYED = {
    "npz": (stored_npz, "mine.npz"),
    "hdf5": (stored_hdf5, "mine.h5"),
    "mat": (stored_mat, "mine.mat"),
    "mat 7.3": (stored_mat_73, "mine.mat"),
}


@pytest.mark.parametrize(("write", "name"), KEYED.values(), ids=KEYED)
def test_the_only_array_needs_no_key_and_others_do(tmp_path, write, name):
    path = tmp_path / name
    write(path, volume=VOLUME)
    check(path, VOLUME, 1)
    check(path, VOLUME[1:3], 1, key="volume", first=1, length=2)
    write(path, volume=VOLUME, picture=GREY8)
    refused(path, "2 arrays: picture, volume|2 arrays: volume, picture")
    check(path, VOLUME, 1, key="volume")
    check(path, GREY8 / 255, 1, key="picture")
    refused(path, "no array 'pictre'", key="pictre")
    refused(path, "5 samples along its first axis", key="volume", first=5)


@pytest.mark.parametrize(("write", "name"), KEYED.values(), ids=KEYED)
def test_bits_and_colours_are_known_in_every_file(tmp_path, write, name):
    path = tmp_path / name
    write(path, mine=VOLUME > 0.5)
    check(path, (VOLUME > 0.5).astype(float), 1)
    write(path, mine=FLOATS)
    check(path, FLOATS, 3)


@pytest.mark.parametrize(("write", "name"), KEYED.values(), ids=KEYED)
def test_a_file_cut_anywhere_is_refused(tmp_path, write, name):
    path = tmp_path / name
    write(path, mine=RNG.random((20, 30)))
    whole = path.read_bytes()
    for length in (*range(0, 600, 60), len(whole) // 2, len(whole) - 300):
        path.write_bytes(whole[:length])
        refused(path)


def test_a_vector_of_matlab_has_one_axis(tmp_path):
    savemat(tmp_path / "row.mat", {"x": VOLUME.reshape(1, -1)})
    check(tmp_path / "row.mat", VOLUME.ravel(), 1)


def test_an_array_in_a_group_is_named_by_its_path(tmp_path):
    path = tmp_path / "scan.h5"
    with h5py.File(path, "w") as file:
        file["scan/values"] = VOLUME
        file["scan/label"] = "chest"
    check(path, VOLUME, 1)
    check(path, VOLUME, 1, key="/scan/values")


def test_arrays_that_lie_in_other_files_are_not_read(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["values"] = VOLUME
    path = tmp_path / "mine.h5"
    layout = h5py.VirtualLayout(VOLUME.shape, "f8")
    layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "values", VOLUME.shape)
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("values", layout)
    refused(path, "names other files")
    (tmp_path / "secret").write_bytes(bytes(64))
    with h5py.File(path, "w") as file:
        file.create_dataset("values", (8,), "f8", external=[(str(tmp_path / "secret"), 0, 64)])
    refused(path, "names other files")
    for link in (h5py.ExternalLink(str(tmp_path / "other.h5"), "values"), h5py.SoftLink("/none")):
        with h5py.File(path, "w") as file:
            file["values"] = link
        refused(path, "no array")
        refused(path, "no array", key="values")


def test_a_packed_variable_that_would_fill_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(mat, "MOST_BYTES", 2**25)
    path = tmp_path / "bomb.mat"
    savemat(path, {"x": GREY8})
    head, packer = path.read_bytes()[:128], zlib.compressobj()
    body = packer.compress(bytes(2**27)) + packer.flush()
    path.write_bytes(head + struct.pack("<II", 15, len(body)) + body)
    refused(path, "unpacks to more than 32 MiB")


@pytest.mark.parametrize("ending", ["nii", "nii.gz"])
def test_nifti_tells_its_spacing_and_asks_for_the_range(tmp_path, ending):
    path = tmp_path / f"scan.{ending}"
    nibabel.Nifti1Image(HOUNSFIELD, np.diag([2, 0.5, 0.5, 1])).to_filename(path)
    refused(path, "from -1024 to 3000, of type int16")
    low, high = -1000.0, 2000.0
    made = check(path, ((HOUNSFIELD - low) / (high - low)).clip(0, 1), 1, range=[low, high])
    assert made.facts["spacing"] == [2.0, 0.5, 0.5]
    assert made.facts["range"] == [low, high]
    assert any("% of the values lie beyond its range" in note for note in made.facts["notes"])
    image = nibabel.Nifti1Image(HOUNSFIELD[..., None], np.eye(4))
    image.header.set_slope_inter(0.5, 10)
    image.to_filename(path)
    content = reading.read(path)
    np.testing.assert_allclose(content.values, 0.5 * HOUNSFIELD + 10)


def test_the_ending_of_a_packed_volume_is_named_whole(tmp_path):
    path = tmp_path / "scan.nii.gz"
    path.write_bytes(gzip.compress(b"words" * 99))
    refused(path, r"scan\.nii\.gz cannot be read")
    path.write_bytes(b"words" * 99)
    refused(path, r"scan\.nii\.gz cannot be read")


def test_dicom_slices_are_ordered_by_their_places(tmp_path):
    folder = tmp_path / "series"
    write_series(folder, HOUNSFIELD, [3, 0, 4, 1, 2])
    (folder / "README.txt").write_text("words")
    refused(folder, "values from -1024 to 3000")
    made = check(folder, (HOUNSFIELD + 1024) / 4095, 1, range=[-1024, 3071])
    assert made.facts["spacing"] == [2.5, 0.5, 0.75]
    check(folder, (HOUNSFIELD[1:3] + 1024) / 4095, 1, range=[-1024, 3071], first=1, length=2)
    check(folder / "IM0000", (HOUNSFIELD[3] + 1024) / 4095, 1, range=[-1024, 3071])


def test_a_folder_of_two_series_and_one_of_none_are_refused(tmp_path):
    folder = tmp_path / "series"
    write_series(folder, HOUNSFIELD, [0, 1])
    own = slice_of(HOUNSFIELD[0], 0, generate_uid())
    own.save_as(folder / "other.dcm", enforce_file_format=True)
    refused(folder, "2 series")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "without DICOM files")


def test_a_dicom_where_the_least_is_white_is_turned_round(tmp_path):
    path = tmp_path / "slice.dcm"
    own = slice_of(HOUNSFIELD[0], 0, "1.2")
    own.PhotometricInterpretation = "MONOCHROME1"
    own.save_as(path, enforce_file_format=True)
    values = HOUNSFIELD[0].astype(float)
    check(path, 1 - (values - values.min()) / np.ptp(values), 1, range="data")


def test_a_cut_dicom_is_refused(tmp_path):
    path = tmp_path / "slice.dcm"
    slice_of(HOUNSFIELD[0], 0, "1.2").save_as(path, enforce_file_format=True)
    whole = path.read_bytes()
    for length in (0, 100, 140, 300, len(whole) // 2, len(whole) - 9):
        path.write_bytes(whole[:length])
        refused(path, range="data")


@pytest.mark.parametrize(
    ("name", "package"),
    [("a.nii.gz", "nibabel"), ("a.dcm", "pydicom"), ("a.exr", "OpenEXR"), ("a.flac", "soundfile")],
)
def test_a_package_that_is_missing_is_named(tmp_path, monkeypatch, name, package):
    monkeypatch.setattr(reading, "find_spec", lambda asked: None if asked == package else asked)
    (tmp_path / name).write_bytes(b"anything")
    with pytest.raises(reading.UserError) as caught:
        Signal(path=str(tmp_path / name))
    assert f"{name} needs the package {package}, which is not installed." in caught.value.what
    assert caught.value.todo == f"Install it with: pip install {package}"


def test_the_part_that_is_wanted_is_all_that_is_read(tmp_path):
    """Of a file with more samples than a signal may have, a part can be."""
    path = tmp_path / "long.npy"
    np.lib.format.open_memmap(path, "w+", np.uint8, (2**14, 2**15)).flush()  # a sparse file
    refused(path, "samples")
    assert reading.read(path, Wanted(first=5, length=2)).values.shape == (2, 2**15)


def test_deep_grey_of_two_kinds_agrees(tmp_path):
    np.save(tmp_path / "a.npy", GREY16)
    stored_hdf5(tmp_path / "a.h5", a=GREY16)
    values = [Signal(path=str(tmp_path / name)).generate() for name in ("a.npy", "a.h5")]
    np.testing.assert_array_equal(*values)
