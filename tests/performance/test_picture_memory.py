"""Pictures of a dozen models at the paper's sizes stay under a gigabyte.

Limits of time are loose, because a machine may have other work; processor seconds are counted.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
GIB, SECONDS = 2**30, 30

DRAW = """
import json, sys, time
import numpy as np
from helpers import samples
from helpers.samples import PSNR
from fieldbench.results import store
from fieldbench.figures import gallery, sheet, surfaces
from fieldbench.figures.parts import reading, style

what, folder = sys.argv[1:]
look = samples.styles()
models, budgets = list(look.models)[:12], samples.BUDGETS if what == "sheet" else [1_000_000]
shape = (146, 104, 66) if what == "surfaces" else (1000, 1000)
truth = samples.picture(shape, 1 if what == "surfaces" else 3)
fits, scores = [], []
for model in models:
    for budget in budgets:
        fits.append(f"{folder}/fit-{model}-{budget}.h5")
        cell = {"signal": "photo", "model": model, "budget": budget, "seed": 1}
        store.write(fits[-1], "fit", {"reconstruction": truth.astype(np.float32)}, {"cell": cell})
    record = store.Record({"status": "ok", "scores": {"psnr": {"value": 30.0}}})
    scores.append(f"{folder}/score-{model}.h5")
    about = {"signal": "photo", "model": model}
    store.write(scores[-1], "score", {}, about, cells={f"{b}-s1": record for b in budgets})
began = time.process_time()
key = (lambda c: (c["model"], c["budget"])) if what == "sheet" else lambda c: c["model"]
made, scored = reading.fits(fits, scores, key)
if what == "sheet":
    drawn = sheet.draw(truth, made, scored, PSNR, look, "A title")
elif what == "surfaces":
    drawn = surfaces.draw(truth, made, scored, [PSNR], look, "A title")
else:
    drawn = gallery.draw(truth, truth, made, scored, [PSNR], look, "A title")
style.save(drawn, f"{folder}/drawn.pdf")
# Not the resource usage: there a child starts with its parent's peak.
(line,) = (s for s in open("/proc/self/status") if s.startswith("VmHWM:"))
peak = int(line.split()[1]) * 1024
print(json.dumps({"peak": peak, "seconds": time.process_time() - began}))
"""


@pytest.mark.parametrize("what", ["gallery", "sheet", "surfaces"])
def test_a_dozen_models(what, tmp_path):
    path = os.pathsep.join([str(ROOT / "workflow"), str(ROOT / "tests")])
    env = os.environ | {"PYTHONPATH": path}
    words = [sys.executable, "-c", DRAW, what, str(tmp_path)]
    done = subprocess.run(words, env=env, stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    assert found["peak"] < GIB and found["seconds"] < SECONDS, found
    assert (tmp_path / "drawn.pdf").stat().st_size < 10e6
