"""Made-up inputs of any kind of figure, table or export, by what it declares."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from fieldbench.exports._given import Given as Exported
from fieldbench.figures.parts.given import Given
from fieldbench.results import store
from helpers import kernel_rows, printed_rows, samples, step_rows, variants
from helpers.samples import LPIPS, PSNR, SSIM

TASK, FAMILY = "represent", "photo"
METRICS = {metric["name"]: metric for metric in (PSNR, SSIM, LPIPS)}
MODELS, BUDGETS, SEEDS = ["siren", "wire", "ffn", "grid"], [1000, 3000, 10_000], 2
STAMP = {"preset": "p", "study": "s", "fits": 1, "results": "1" * 16, "fit_code": "2" * 16,
         "code": "3" * 16, "processor": "x86_64 AVX2 [0]"}  # fmt: skip
PAIR, TRIPLES = (TASK, FAMILY), [(TASK, FAMILY, "psnr"), (TASK, FAMILY, "lpips")]
ROOMY = {"holds": "", "limits": (0.0, 1.0), "rate": None}
HELD = {"amplitudes": (400,), "frames": (4, 24, 32)}
SHAPES = {"gallery": (48, 40), "sheet": (48, 40), "surfaces": (14, 14, 14)}


def study(composed=False, **more):
    """What the plan says of a study of two sets: of models with parts, or of ordinary ones."""
    parts = TRIPLES if composed else []
    known = {
        "metrics": list(METRICS), "sets": True, "clouds": False, "has_gaps": not composed,
        "heatmaps": TRIPLES, "galleries": [PAIR], "sheets": [PAIR], "surfaces": [PAIR],
        "published": ["one"], "rankings": [(TASK, "psnr")][: len(parts)],
        "compositions": parts, "bases": parts, "costs": parts,
    }  # fmt: skip
    return SimpleNamespace(**known | more)


def bare():
    """What the plan says of a study of many models at one budget, which little can be drawn of."""
    names = ("heatmaps", "galleries", "sheets", "surfaces", "published", "rankings")
    none = {name: [] for name in (*names, "compositions", "bases", "costs")}
    return SimpleNamespace(metrics=[], sets=False, clouds=True, has_gaps=False, **none)


def names(declared):
    """The names of each drawing or table of a kind, of the studies above or of its scope."""
    wanted = declared.functions.get("wanted")
    found = wanted(study()) + wanted(study(composed=True)) if wanted else [{"place": "line"}]
    suffixes = getattr(declared.facts, "suffixes", None) or (None,)
    each = {tuple(sorted(own.items())): own for own in found}.values()
    return [own | ({"suffix": s} if s else {}) for own in each for s in suffixes]


def is_composed(declared):
    """Whether a kind shows models with parts only."""
    wanted = declared.functions.get("wanted")
    return not wanted(study()) if wanted else "composed" in declared.facts.needs


def given(declared, own, folder):
    """What an entry of these names is given; pictures are written to a folder."""
    facts = declared.facts
    needs, scope, look = facts.needs, facts.scope, getattr(facts, "pictures", "")
    composed = is_composed(declared)
    tables = {name: TABLES[name](composed) for name in facts.reads}
    plan = {name: PLAN[name] for name in needs}
    if scope == "overview":
        tables = {name: variants.scores(tasks=(TASK,), families=(FAMILY,)) for name in ("a", "b")}
        plan["impossible"] = {name: variants.impossible() for name in tables}
    files = pictures(look, folder) if look else {}
    return Given(own, METRICS, _style(scope, composed), tables, files, plan, STAMP)


def _style(scope, composed):
    if scope == "throughput":
        return step_rows.STYLE
    return variants.style() if composed else samples.styles()


def _scores(composed):
    if composed:
        return variants.scores(families=(FAMILY,), mlp_rff_relu=(0, 1))
    more = {"seeds": SEEDS, "families": (FAMILY,), "failures": True}
    return samples.scores(MODELS, BUDGETS, labels=(1, 5, 9), **more)


def _history(composed):
    return samples.history(MODELS, BUDGETS, labels=(1, 5), seeds=SEEDS, families=(FAMILY,))


def _timings(composed):
    rows = _scores(composed)
    longer = (1 + 0.1 * rows["seed"]) * np.sqrt(rows["budget"].astype(float) / BUDGETS[0])
    seconds = variants.timings(rows)["training_seconds"] * longer
    cost = {"bytes": 4 * rows["parameters"], "peak_bytes": 2e8, "processor": "a chip"}
    return rows.assign(training_seconds=seconds, step_seconds=seconds / 1000, **cost)


TABLES = {
    "scores": _scores,
    "history": _history,
    "timings": _timings,
    "published": lambda composed: printed_rows.cells(),
    "published-ranks": lambda composed: printed_rows.RANKS,
    "throughput": lambda composed: step_rows.table(),
    "kernels": lambda composed: kernel_rows.kernels(),
    "responses": lambda composed: kernel_rows.responses(),
    "spectra": lambda composed: kernel_rows.spectra(),
}
PLAN = {
    "reference": {TASK: "grid"},
    "sets": {"both": [FAMILY]},
    "composed": variants.COMPOSED,
    "impossible": variants.impossible(model="mlp-fkan-relu", family=FAMILY),
    "sort": ROOMY,
    "columns": [["a", TASK, "psnr"], ["b", TASK, "lpips"]],
    "dropped": [("3d/bacon-5", "too small")],
}


def pictures(which, folder):
    """The files of a signal, its observation, fits at each budget, one failed, and their scores."""
    truth = samples.picture(SHAPES[which])
    budgets = BUDGETS if which == "sheet" else BUDGETS[-1:]
    files = {name: [] for name in ("signal", "observation", "fits", "scores")}

    def write(name, kind, arrays, facts, **cells):
        files[name].append(str(folder / f"{name}-{len(files[name])}.h5"))
        store.write(files[name][-1], kind, arrays, facts, **cells)

    entry = {"kind": "solid" if truth.ndim == 4 else "photo", "settings": {}}
    write("signal", "signal", {"values": truth}, {"signal": FAMILY, "entry": entry})
    seen = {"entry": {"kind": "denoise", "settings": {}}}
    write("observation", "observation", {"values": truth}, seen)
    for model, values in samples.reconstructions(truth, MODELS).items():
        records = {}
        for budget in budgets:
            ok = model != "wire"
            cell = {"signal": FAMILY, "model": model, "budget": budget, "seed": 7}
            arrays = {"reconstruction": values.astype(np.float32)} if ok else {}
            write("fits", "fit", arrays, {"cell": cell})
            scores = {m: {"value": 0.5, "unit": ""} for m in METRICS} if ok else {}
            facts = {"status": "ok" if ok else "diverged", "scores": scores}
            records[f"{budget}-s7"] = store.Record(facts)
        write("scores", "score", {}, {"signal": FAMILY, "model": model}, cells=records)
    return files


def shuffled(given):
    """The same with the rows of its tables in another order."""
    tables = {
        name: rows.sample(frac=1, random_state=3) if isinstance(rows, pd.DataFrame) else rows
        for name, rows in given.tables.items()
    }
    return Given(**vars(given) | {"tables": tables})


def exported(declared):
    """What an export is given of a truth, of a fit, and of a fit that failed."""
    facts = declared.facts
    if facts.pictures:
        shape, plan = SHAPES[facts.pictures], {"signed": False}
    else:
        shape, plan = HELD[facts.holds[0]], {"rate": 8}
    truth = samples.picture(shape)
    found = {}
    for name, arrays in {"truth": {"values": truth}, "fit": {"reconstruction": truth}}.items():
        source = {"truth": "signal", "fit": "fit"}[name]
        about = {"source": source, "kind": source, "array": next(iter(arrays))}
        whole = plan | about | {"shape": list(truth.shape)}
        found[name] = Exported(arrays, whole, STAMP)
    failed = Exported({}, found["fit"].plan, STAMP)
    return truth, found | {"failed": failed}
