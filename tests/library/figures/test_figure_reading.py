"""What the scripts of pictures read."""

import numpy as np
import pytest

from fieldbench.figures.parts import reading
from fieldbench.results import store

PSNR = {"name": "psnr", "better": "higher"}


@pytest.fixture
def files(tmp_path):
    """Fit and score files of two models at two budgets; one of them failed."""
    fits, scores, records = [], [], {}
    for number, (model, budget) in enumerate([("grid", 100), ("grid", 30), ("siren", 100)]):
        ok = model == "grid"
        cell = {"signal": "photo", "model": model, "budget": budget, "seed": 7}
        arrays = {"reconstruction": np.full((2, 2, 1), number, np.float32)} if ok else {}
        fits.append(str(tmp_path / f"fit{number}.h5"))
        store.write(fits[-1], "fit", arrays, {"cell": cell})
        found = {"psnr": {"value": 10.0 + number, "unit": "dB"}} if ok else {}
        status = "ok" if ok else "diverged"
        record = store.Record({"status": status, "scores": found})
        records.setdefault(model, {})[f"{budget}-s7"] = record
    records["grid"]["30-s8"] = store.Record({"status": "ok", "scores": {}})  # not drawn
    for model, cells in records.items():
        scores.append(str(tmp_path / f"{model}.h5"))
        store.write(scores[-1], "score", {}, {"signal": "photo", "model": model}, cells=cells)
    return fits, scores


def test_fits_by_model_and_budget(files):
    made, scores = reading.fits(*files, PSNR, lambda cell: (cell["model"], cell["budget"]))
    assert list(made) == [("grid", 100), ("grid", 30), ("siren", 100)] and len(made) == 3
    assert made["grid", 30].tolist() == [[[1.0], [1.0]], [[1.0], [1.0]]]
    assert made["siren", 100] is None and made.get(("wire", 100)) is None
    assert scores["grid", 30] == {"status": "ok", "psnr": 11.0}
    assert scores["siren", 100] == {"status": "diverged"}
    assert reading.budget(files[0]) == 100


@pytest.mark.parametrize(
    ("values", "better", "shown"),
    [
        ({1: 20.0, 2: 30.0, 3: 25.0}, "higher", 3),
        ({1: 20.0, 2: 30.0}, "higher", 1),  # of two in the middle the worse
        ({1: 20.0, 2: 30.0}, "lower", 2),
        ({1: None, 2: 30.0, 3: 10.0}, "higher", 3),  # no number comes last
        ({1: None, 2: None, 3: 10.0}, "higher", 1),
    ],
)
def test_the_median_seed_is_shown(values, better, shown):
    group = [
        (f"fit-{s}", {"seed": s} | ({} if v is None else {"psnr": v})) for s, v in values.items()
    ]
    path, scores = reading.median(group, PSNR | {"better": better})
    assert (path, scores["seed"]) == (f"fit-{shown}", shown)


def test_several_seeds_are_named_and_one_is_not(tmp_path):
    fits, cells = [], {}
    for seed, value in ((1, 10.0), (2, 14.0), (3, 12.0)):
        fits.append(str(tmp_path / f"fit{seed}.h5"))
        cell = {"signal": "photo", "model": "grid", "budget": 100, "seed": seed}
        store.write(fits[-1], "fit", {"reconstruction": np.full((1, 1, 1), seed)}, {"cell": cell})
        told = {"status": "ok", "scores": {"psnr": {"value": value, "unit": "dB"}}}
        cells[f"100-s{seed}"] = store.Record(told)
    scores = str(tmp_path / "grid.h5")
    store.write(scores, "score", {}, {"signal": "photo", "model": "grid"}, cells=cells)
    made, found = reading.fits(fits, [scores], PSNR)
    assert made["grid"].item() == 3 and found["grid"] == {"status": "ok", "seed": 3, "psnr": 12.0}
    assert "seed" not in reading.fits(fits[:1], [scores], PSNR)[1]["grid"]


def test_a_reconstruction_is_read_when_asked_for(files):
    made, _ = reading.fits(files[0][:1], files[1][:1], PSNR)
    store.write(files[0][0], "fit", {"reconstruction": np.zeros((1, 1, 1))}, {})
    assert made["grid"].shape == (1, 1, 1)


@pytest.mark.parametrize(("last", "end"), [("inclusive", 180.0), ("exclusive", 178.2)])
def test_the_angles_of_a_sinogram(last, end):
    scanned = {"angles": 100, "entry": {"kind": "tomography", "settings": {"last": last}}}
    assert reading.angles(scanned) == (0.0, pytest.approx(end))
    assert reading.angles({"entry": {"kind": "denoise", "settings": {}}}) is None
