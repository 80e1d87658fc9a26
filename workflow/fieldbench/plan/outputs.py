"""Every kind of result, one row each: where its files lie, what they are made of, and how.

Rules, lineage, fingerprints, the cache's folders and the groups of a cluster's jobs read this table
and nothing else, so that a kind of result which lacks one of these cannot be written down. A row's
functions take a run and a subject: what a file is about, as a cell, a signal's name or a drawing.
"""

from __future__ import annotations

from dataclasses import replace

from fieldbench.plan.output import ALONE, HERE, Output, light_minutes
from fieldbench.plan.paths import CELL

SIGNAL = Output(
    pattern="signals/{signal}.h5",
    script="generate_signal",
    subjects=lambda run: run.cells.signals,
    names=lambda run, signal: {"signal": signal},
    inputs=lambda run, signal: {"files": run.files.behind_signal(signal)},
    params=lambda run, signal: run.params.signal(signal),
    memory_mb=lambda run, signal, attempt: run.resources.signal_memory_mb(signal, attempt),
    minutes=light_minutes,
    cached=True,
    group="signals",
    stored="signal",
)
OBSERVATION = Output(
    pattern="observations/{task}/{signal}.h5",
    script="observe_signal",
    subjects=lambda run: run.files.observed,
    names=lambda run, seen: dict(zip(("task", "signal"), seen, strict=True)),
    inputs=lambda run, seen: {"signal": [run.files.signal(seen[1])]},
    params=lambda run, seen: run.params.observation(*seen),
    memory_mb=lambda run, seen, attempt: run.resources.observation_memory_mb(seen[1], attempt),
    minutes=light_minutes,
    cached=True,
    group="observations",
    stored="observation",
)
FIT = Output(
    pattern=f"fits/{CELL}.h5",
    script="fit_model",
    subjects=lambda run: run.cells.fits,
    names=lambda run, cell: vars(cell),
    inputs=lambda run, cell: {"observation": [run.files.observation(cell)]},
    params=lambda run, cell: run.params.fit(cell),
    memory_mb=lambda run, cell, attempt: run.resources.memory_mb(cell, attempt),
    minutes=lambda run, cell, attempt: run.resources.runtime_minutes(cell, attempt),
    cached=True,
    group=lambda run, cell: run.resources.fit_group(cell),
    stored="fit",
)
RENDERING = Output(
    pattern=f"fits/{CELL}.h5",
    script="render_fit",
    subjects=lambda run: run.cells.rendered,
    names=lambda run, cell: vars(cell),
    inputs=lambda run, cell: {"fit": [run.files.fit(run.cells.source(cell))]},
    params=lambda run, cell: run.params.rendering(cell),
    memory_mb=lambda run, cell, attempt: run.resources.render_memory_mb(cell, attempt),
    minutes=lambda run, cell, attempt: 20 * attempt,
    cached=True,
    group="renderings",
    stored="fit",
    kind="fit",
)
SCORE = Output(
    pattern="scores/{task}/{signal}/{model}.h5",
    script="score_fits",
    subjects=lambda run: run.files.scored_together,
    names=lambda run, cells: vars(cells[0]),
    inputs=lambda run, cells: {
        "signal": [run.files.truth(cells[0])],
        "fits": [run.files.fit(cell) for cell in cells],
        "metric_files": run.files.behind_metrics(cells),
    },
    params=lambda run, cells: run.params.score(cells),
    memory_mb=lambda run, cells, attempt: run.resources.score_memory_mb(cells, attempt),
    minutes=lambda run, cells, attempt: run.resources.score_minutes(cells, attempt),
    cached=True,
    group="scores",
    stored="score",
)
TIDY = Output(
    pattern="tables/{study}/{what}.csv",
    script="collect_scores",
    subjects=lambda run: [(s, w) for s in run.cells.studies for w in run.targets.TIDY],
    names=lambda run, asked: dict(zip(("study", "what"), asked, strict=True)),
    inputs=lambda run, asked: {"scores": run.files.scores(run.cells.studies[asked[0]])},
    params=lambda run, asked: run.params.tidy(*asked),
    memory_mb=lambda run, asked, attempt: run.resources.table_memory_mb(asked[0], attempt),
    minutes=light_minutes,
    cached=True,
    group="tables",
    kind="table",
)
ALL_SCORES = Output(
    pattern="tables/scores.csv",
    script="join_scores",
    subjects=lambda run: [None],
    names=lambda run, _: {},
    inputs=lambda run, _: {"scores": [run.files.tidy(s, "scores") for s in run.cells.studies]},
    params=lambda run, _: run.params.all_scores(),
    memory_mb=lambda run, _, attempt: run.resources.table_memory_mb(None, attempt),
    minutes=light_minutes,
    cached=True,
    group=HERE,
    kind="table",
)
SUMMARY = Output(
    pattern="summary.md",
    script="write_summary",
    subjects=lambda run: [None],
    names=lambda run, _: {},
    inputs=lambda run, _: {
        what: [run.files.tidy(s, what) for s in run.cells.studies] for what in ("scores", "timings")
    },
    params=lambda run, _: run.params.summary(),
    memory_mb=lambda run, _, attempt: run.resources.table_memory_mb(None, attempt),
    minutes=light_minutes,
    cached=False,  # it says how long this machine took
    group=HERE,
    stamp=lambda run, _: run.fingerprints.stamp_of_summary(),
)
COMPARISON = Output(
    pattern="tables/{study}/{what}.csv",
    script="compare_with_published",
    subjects=lambda run: run.targets.comparisons,
    names=lambda run, asked: dict(zip(("study", "what"), asked, strict=True)),
    inputs=lambda run, asked: {"scores": [run.files.tidy(asked[0], "scores")]},
    params=lambda run, asked: run.params.comparison(*asked),
    memory_mb=lambda run, asked, attempt: run.resources.table_memory_mb(asked[0], attempt),
    minutes=light_minutes,
    cached=True,
    group=HERE,
    kind="table",
)
FIGURE = Output(
    pattern="figures/{figure}",
    script="draw_figure",
    subjects=lambda run: run.targets.figures,
    names=lambda run, drawing: {"figure": drawing.path},
    inputs=lambda run, drawing: run.drawn.inputs(drawing),
    params=lambda run, drawing: run.drawn.params(drawing),
    memory_mb=lambda run, drawing, attempt: run.drawn.memory_mb(drawing, attempt),
    minutes=light_minutes,
    cached=True,
    group="figures",
    stamp=lambda run, drawing: run.drawn.stamp(drawing),
)
TABLE = replace(
    FIGURE,
    pattern="tables/{table}",
    script="write_table",
    subjects=lambda run: run.targets.tables,
    names=lambda run, drawing: {"table": drawing.path},
    group=HERE,
)
MEDIA = Output(
    pattern="{folder}/{piece}",
    script="export_media",
    subjects=lambda run: run.targets.pieces,
    names=lambda run, piece: {"folder": piece.folder, "piece": piece.place},
    inputs=lambda run, piece: {piece.source: [run.files.of_piece(piece)]},
    params=lambda run, piece: run.params.piece(piece),
    memory_mb=lambda run, piece, attempt: run.resources.picture_memory_mb([piece.cell], attempt),
    minutes=light_minutes,
    cached=True,
    group="exports",
    stamp=lambda run, piece: run.fingerprints.stamp_of_piece(piece),
)
KERNEL = Output(
    pattern="kernels/{kernel}.h5",
    script="examine_kernel",
    subjects=lambda kernels: kernels.cells,
    names=lambda kernels, name: {"kernel": name},
    inputs=lambda kernels, name: {},
    params=lambda kernels, name: kernels.examine_params(name),
    memory_mb=lambda kernels, name, attempt: kernels.memory_mb(name, attempt),
    minutes=lambda kernels, name, attempt: kernels.minutes(name, attempt),
    cached=True,
    group=ALONE,
    stored="kernel",
)
KERNEL_TABLE = Output(
    pattern="tables/{what}.csv",
    script="collect_kernels",
    subjects=lambda kernels: kernels.TABLES,
    names=lambda kernels, what: {"what": what},
    inputs=lambda kernels, what: {"kernels": kernels.files()},
    params=lambda kernels, what: kernels.collect_params(what),
    memory_mb=lambda kernels, what, attempt: kernels.resources.light_mb(attempt),
    minutes=light_minutes,
    cached=True,
    group=HERE,
    kind="table",
)
MEASUREMENT = Output(
    pattern="measurements/{measured}.h5",
    script="measure_throughput",
    subjects=lambda speed: speed.cells,
    names=lambda speed, name: {"measured": name},
    inputs=lambda speed, name: {},
    params=lambda speed, name: speed.measure_params(name),
    memory_mb=lambda speed, name, attempt: speed.memory_mb(),
    minutes=lambda speed, name, attempt: 60,
    cached=False,  # about this machine
    group=ALONE,
)
MEASUREMENT_TABLE = Output(
    pattern="tables/throughput.csv",
    script="collect_throughput",
    subjects=lambda speed: [None],
    names=lambda speed, _: {},
    inputs=lambda speed, _: {"measurements": speed.measurements()},
    params=lambda speed, _: speed.collect_params(),
    memory_mb=lambda speed, _, attempt: speed.resources.light_mb(attempt),
    minutes=light_minutes,
    cached=False,
    group=HERE,
    kind="table",
)
# The table: what a preset makes, and what the two analyses that belong to no preset make. From
# first to last: a kind is made of those above it.
PRESET = {
    "signal": SIGNAL,
    "observation": OBSERVATION,
    "fit": FIT,
    "rendering": RENDERING,
    "score": SCORE,
    "tidy": TIDY,
    "all-scores": ALL_SCORES,
    "summary": SUMMARY,
    "comparison": COMPARISON,
    "figure": FIGURE,
    "table": TABLE,
    "media": MEDIA,
}
KERNELS = {"kernel": KERNEL, "kernel-table": KERNEL_TABLE, "figure": FIGURE}
THROUGHPUT = {
    "measurement": MEASUREMENT,
    "measurement-table": MEASUREMENT_TABLE,
    "figure": FIGURE,
    "table": TABLE,
}
OUTPUTS = KERNELS | THROUGHPUT | PRESET


def cached_folders() -> tuple[str, ...]:
    """The folders below a run's that hold results which the cache may keep."""
    return tuple(dict.fromkeys(f for row in OUTPUTS.values() if row.cached for f in row.folders))
