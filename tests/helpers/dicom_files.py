"""DICOM files, as a scanner would write them."""

import numpy as np
import pydicom
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid


def slice_of(values, place, series, **more):
    """A DICOM data set of one slice, its values stored as uint16 with slope and intercept."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    own = pydicom.Dataset()
    own.file_meta = meta
    own.SOPClassUID, own.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    own.SeriesInstanceUID = series
    own.Rows, own.Columns = values.shape
    own.SamplesPerPixel, own.PhotometricInterpretation = 1, "MONOCHROME2"
    own.BitsAllocated, own.BitsStored, own.HighBit, own.PixelRepresentation = 16, 16, 15, 0
    own.RescaleSlope, own.RescaleIntercept = 1, -1024
    own.PixelSpacing = [0.5, 0.75]
    own.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    own.ImagePositionPatient = [0, 0, place]
    own.update(more)
    own.PixelData = (values.astype(np.int32) + 1024).astype("<u2").tobytes()
    return own


def write_series(folder, volume, order):
    """The slices of a volume, 2.5 mm apart, in files whose names are in another order."""
    folder.mkdir()
    series = generate_uid()
    for number, place in enumerate(order):
        own = slice_of(volume[place], 2.5 * place, series)
        own.save_as(folder / f"IM{number:04}", enforce_file_format=True)
