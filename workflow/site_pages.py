"""What the documentation's builder adds to docs/: the catalogue, with its pictures.

Nothing of it is kept in the repository: MkDocs calls `on_files` while it builds (see mkdocs.yml).
Pictures are made here in seconds, of small signals and of short trainings on one of them.
"""

import contextlib
import io
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from PIL import Image, ImageDraw

from fieldbench.api import fit_array
from fieldbench.plan.config.presets import CONFIG
from fieldbench.plan.config.reading import read_yaml
from fieldbench.plan.entries import registry
from fieldbench.plan.entries.catalogue import to_markdown

SIDE = 96  # pixels of a picture
SMALL = {1: 400, 2: SIDE, 3: 32}  # samples along a side, by dimension
BUDGET, STEPS = 2500, 200


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the catalogue to the pages; FIELDBENCH_PICTURES=0 leaves its pictures out."""
    wanted = os.environ.get("FIELDBENCH_PICTURES", "1") != "0"
    pictures = {**signal_pictures(), **model_pictures()} if wanted else {}
    for path, content in pictures.items():
        files.append(File.generated(config, f"catalogue/{path}", content=content))
    files.append(File.generated(config, "catalogue.md", content=to_markdown(pictures)))
    return files


def signal_pictures() -> dict[str, bytes]:
    """A picture of every signal that needs no file, by its path."""
    found = {}
    for name in registry.names("signals"):
        declared = registry.declare("signals", name)
        if "needs" in declared.functions or registry.required(declared):
            continue
        dims = 2 if 2 in declared.facts.dims else declared.facts.dims[0]
        small = {"dims": dims, "length": SMALL[dims]}
        settings = {k: v for k, v in small.items() if k in declared.settings}
        values = registry.load("signals", name)(**settings).generate()
        found[f"signals/{name}.png"] = _png(values, declared.facts.holds)
    return found


def model_pictures() -> dict[str, bytes]:
    """What every model makes of one photograph, by its path."""
    photo = registry.load("signals", "photo")(length=SIDE // 2).generate()
    tuned = read_yaml(CONFIG / "presets" / "quick.yaml")["models"]  # to signals of about this size
    found = {}
    for name in registry.names("models"):
        if registry.declare("models", name).facts.control:
            continue
        with contextlib.redirect_stdout(io.StringIO()):  # the lines of a fit's log
            fitted = fit_array(
                photo, name, BUDGET, settings=tuned.get(name), steps=STEPS, schedule="cosine"
            )
        found[f"models/{name}.png"] = _png(fitted.reconstruction, "intensities")
    return found


def _png(values: np.ndarray, holds: str) -> bytes:
    """A small picture of an array of one to three axes, with its channels last."""
    if values.ndim == 4:
        values = values[len(values) // 2]
    if values.ndim == 2:
        picture = _wave(values[:, 0])
    else:
        shown = values if values.shape[-1] == 3 else values[..., 0]
        low, high = (0, 1) if holds == "intensities" else (shown.min(), shown.max())
        bytes_ = (np.clip((shown - low) / (high - low), 0, 1) * 255).astype(np.uint8)
        picture = Image.fromarray(bytes_).resize((SIDE, SIDE), Image.Resampling.NEAREST)
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _wave(values: np.ndarray) -> Any:
    """A sound as a line."""
    picture = Image.new("L", (SIDE, SIDE), 255)
    across = np.linspace(0, SIDE - 1, len(values))
    down = (1 - values / max(np.abs(values).max(), 1e-9)) * (SIDE - 1) / 2
    ImageDraw.Draw(picture).line(list(zip(across, down, strict=True)), fill=0)
    return picture
