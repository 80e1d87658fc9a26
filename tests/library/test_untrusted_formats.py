"""Files of many formats that are made to mislead: each is refused, soon and without much memory."""

import resource
import struct
import time
import zipfile
import zlib

import h5py
import nibabel
import numpy as np
import OpenEXR
import pydicom
import pytest
import soundfile
from helpers.own_files import refused
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

LONGEST = 5.0  # seconds of a processor that a refusal may take
MOST_MEMORY = 2**19  # KiB by which the process may have grown at its highest


@pytest.fixture(autouse=True)
def soon_and_small():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    yield
    assert time.process_time() - began < LONGEST
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY


def bmp(path):
    head = struct.pack("<IiiHHIIiiII", 40, 2**30, 2**30, 1, 24, 0, 0, 0, 0, 0, 0)
    path.write_bytes(b"BM" + struct.pack("<IHHI", 54 + 99, 0, 0, 54) + head + bytes(99))


def npz(path):
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }\n"
    content = b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + bytes(64)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mine.npy", content)


def npz_of_zeros(path):
    """What it says is true, and far more than a signal may have."""
    shape = (2**14, 2**14 + 2**10)
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file,
        file.open("mine.npy", "w") as member,
    ):
        member.write(b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header)
        for _ in range(17):
            member.write(bytes(2**24))


def npz_of_objects(path):
    np.savez(path, mine=np.array([{}], dtype=object))


def hdf5(path):
    with h5py.File(path, "w") as file:
        file.create_dataset("mine", (2**20, 2**20), "f4", chunks=(64, 64))


def nifti(path):
    image = nibabel.Nifti1Image(np.zeros((4, 4, 4), np.int16), np.eye(4))
    image.to_filename(path)
    content = bytearray(path.read_bytes())
    content[40:48] = struct.pack("<4h", 3, 30_000, 30_000, 30_000)
    path.write_bytes(content)


def dicom(path, syntax=ExplicitVRLittleEndian):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CTImageStorage, "1.2.3"
    meta.TransferSyntaxUID = syntax
    own = pydicom.Dataset()
    own.file_meta = meta
    own.SOPClassUID, own.SOPInstanceUID = CTImageStorage, "1.2.3"
    own.Rows = own.Columns = 65_000
    own.SamplesPerPixel, own.PhotometricInterpretation = 1, "MONOCHROME2"
    own.BitsAllocated, own.BitsStored, own.HighBit, own.PixelRepresentation = 16, 16, 15, 0
    own.PixelData = bytes(64)
    own.save_as(path, enforce_file_format=True)


def packed_dicom(path):
    dicom(path, DeflatedExplicitVRLittleEndian)


def exr(path):
    head = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    with OpenEXR.File(head, {"Y": np.zeros((4, 4), np.float32)}) as file:
        file.write(str(path))
    content = path.read_bytes()
    for window in (b"dataWindow\0box2i\0", b"displayWindow\0box2i\0"):
        place = content.index(window) + len(window) + 4
        corner = struct.pack("<4i", 0, 0, 2**20, 2**20)
        content = content[:place] + corner + content[place + 16 :]
    path.write_bytes(content)


def flac(path):
    """Its header says that there are 2 ** 36 - 1 samples."""
    soundfile.write(path, np.zeros(3000), 8000)
    content = bytearray(path.read_bytes())
    content[21] |= 0x0F
    content[22:26] = b"\xff" * 4
    path.write_bytes(content)


def mat(path):
    """An array whose header says that it is huge."""
    name, shape = b"mine", (2**20, 2**20)
    parts = [
        struct.pack("<IIII", 6, 8, 6, 0),
        struct.pack("<IIii", 5, 8, *shape),
        struct.pack("<II", 1, len(name)) + name.ljust(8, b"\0"),
        struct.pack("<II", 9, 64) + bytes(64),
    ]
    body = b"".join(parts)
    variable = zlib.compress(struct.pack("<II", 14, len(body)) + body)
    head = b"MATLAB 5.0 MAT-file".ljust(116) + bytes(8) + struct.pack("<H", 0x0100) + b"IM"
    path.write_bytes(head + struct.pack("<II", 15, len(variable)) + variable)


def stl(path):
    path.write_bytes(bytes(80) + struct.pack("<I", 2**32 - 1) + bytes(500))


def obj(path):
    path.write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 999999999\n")


FORGED = {
    "bmp": (bmp, "bmp"),
    "npz": (npz, "npz"),
    "npz of zeros": (npz_of_zeros, "npz"),
    "npz of objects": (npz_of_objects, "npz"),
    "hdf5": (hdf5, "h5"),
    "nifti": (nifti, "nii"),
    "packed nifti": (nifti, "nii.gz"),
    "dicom": (dicom, "dcm"),
    "packed dicom": (packed_dicom, "dcm"),
    "exr": (exr, "exr"),
    "flac": (flac, "flac"),
    "mat": (mat, "mat"),
    "stl": (stl, "stl"),
    "obj": (obj, "obj"),
}


@pytest.mark.parametrize(("write", "ending"), FORGED.values(), ids=FORGED)
def test_a_file_that_says_it_is_huge(tmp_path, write, ending):
    path = tmp_path / f"forged.{ending}"
    if ending == "nii.gz":
        write(tmp_path / "plain.nii")
        path.write_bytes(zlib.compress((tmp_path / "plain.nii").read_bytes(), wbits=31))
    else:
        write(path)
    refused(path, range="data")
