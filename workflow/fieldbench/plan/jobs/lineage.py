"""Every file of a run by its path: what kind it is, and which files it is made of."""

import difflib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath

from fieldbench.plan.cells.cell import Cell
from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs.media import Piece
from fieldbench.plan.jobs.run import Run

RESULTS = ("figure", "sound", "video", "mesh", "table")  # what a reader is given
ORDER = (*RESULTS, "score", "fit", "observation", "signal", "data")  # from last to first
SCORES, HISTORY, TIMINGS = "scores.csv", "history.csv", "timings.csv"  # the tidy tables
MORE = (TIMINGS, SCORES)
RANKED = {  # folder to the script and the tables of what shows composed models
    "rankings": ("write_ranking", MORE),
    "compositions": ("draw_compositions", (SCORES,)),
    "bases": ("draw_bases", (SCORES,)),
    "sizes": ("draw_sizes", (SCORES,)),
    "timings": ("draw_seconds", MORE),
}
MESHES = "meshes/"
COMPARED = ("published.csv", "published-ranks.csv")


@dataclass(frozen=True)
class Product:
    """A file, the files it is made of, and what it is about."""

    path: str
    kind: str  # one of ORDER
    inputs: tuple[str, ...] = ()
    script: str = ""  # which makes it
    study: str = ""
    task: str = ""
    signal: str = ""
    cell: Cell | None = None
    shown: tuple[Cell, ...] = field(default=(), repr=False)  # the cells of a picture or of scores


class Products:
    """The files of one run."""

    def __init__(self, run: Run):
        self.run = run
        self.root = f"{run.paths.root}/"

    @cached_property
    def files(self) -> dict[str, Product]:
        """Every file by its path."""
        found = [*self._signals(), *self._fits(), *self._scores(), *self._results()]
        return {p.path: p for p in found}

    def find(self, path: str) -> Product:
        """The product of a path; a UserError with those that are like it where there is none."""
        name = path.removesuffix(".svg") + ".pdf" if path.endswith(".svg") else path
        if name in self.files:
            return self.files[name]
        near = [p for p in self.files if PurePath(p).name == PurePath(path).name]
        near = near or difflib.get_close_matches(path, self.files, n=3, cutoff=0.6)
        todo = f"Did you mean {' or '.join(near[:3])}?" if near else "Name a file that it makes."
        raise UserError(f"The preset {self.run.name} makes no file {path}.", todo)

    def below(self, product: Product) -> list[Product]:
        """What a file is made of: without what is also behind another of these."""
        direct = [self.files[path] for path in product.inputs]
        behind = {p for one in direct for p in self.behind(one)}
        return [one for one in direct if one.path not in behind]

    def behind(self, product: Product) -> set[str]:
        if product.path not in self._known:
            own = set(product.inputs)
            self._known[product.path] = own.union(*(self.behind(self.files[p]) for p in own))
        return self._known[product.path]

    @cached_property
    def _known(self) -> dict[str, set[str]]:
        return {}

    def _signals(self) -> list[Product]:
        run, found = self.run, []
        for name in run.cells.signals:
            sources = tuple(run.signal_source(name))
            found += [Product(path, "data", signal=name) for path in sources]
            path = run.paths.signal.format(signal=name)
            found.append(Product(path, "signal", sources, "generate_signal", signal=name))
        return found

    def _fits(self) -> list[Product]:
        run, found = self.run, []
        for cell in run.cells.fits:
            seen = run.observation_file(cell)
            signal = run.paths.signal.format(signal=cell.signal)
            task = run.seen_task(cell)
            about = {"task": task, "signal": cell.signal}
            found.append(Product(seen, "observation", (signal,), "observe_signal", **about))
            found.append(Product(run.fit_file(cell), "fit", (seen,), "fit_model", cell=cell))
        for cell in run.cells.rendered:
            source = (run.source_fit_file(cell),)
            found.append(Product(run.fit_file(cell), "fit", source, "render_fit", cell=cell))
        return found

    def _scores(self) -> list[Product]:
        run, found = self.run, []
        for cells in run.scored_together:
            data = tuple(run.metric_files(cells))
            found += [Product(path, "data") for path in data]
            inputs = (run.truth_file(cells[0]), *map(run.fit_file, cells), *data)
            about = {"script": "score_fits", "cell": cells[0], "shown": tuple(cells)}
            found.append(Product(run.score_file(cells[0]), "score", inputs, **about))
        return found

    def _results(self) -> list[Product]:
        run = self.run
        found = [
            Product(
                run.paths.table(SCORES),
                "table",
                tuple(run.paths.table(f"{study}/{SCORES}") for study in run.cells.studies),
                "join_scores",
            )
        ]
        for path in run.overview:
            kind = "table" if path.startswith(run.paths.table("")) else "figure"
            script = {"table": "write_overview", "figure": "draw_overview"}[kind]
            found.append(Product(path, kind, tuple(run.overview_scores), script))
        for study, cells in run.cells.studies.items():
            scores = tuple(run.score_files(cells))
            for name in (SCORES, HISTORY, TIMINGS):
                path = run.paths.table(f"{study}/{name}")
                found.append(Product(path, "table", scores, "collect_scores", study))
            known = {p.path for p in found}
            pieces = run.pieces(study).values()
            found += [self._piece(piece) for piece in pieces]
            known |= {piece.path for piece in pieces}
            found += [self._result(study, t) for t in run.targets(study) if t not in known]
        return found

    def _piece(self, piece: Piece) -> Product:
        """A sound or a video."""
        inputs = (self.run.piece_file(piece),)
        return Product(piece.path, piece.kind, inputs, f"write_{piece.kind}", piece.study)

    def _result(self, study: str, path: str) -> Product:
        """A table or figure that is made of others, or of pictures."""
        name = path.removeprefix(self.root)
        if name.startswith(MESHES):
            return self._mesh(study, path, name.removeprefix(f"{MESHES}{study}/"))
        kind, _, rest = name.partition(f"s/{study}/")
        if kind == "figure" and (picture := self._picture(study, path, rest)):
            return picture
        script, sources = _made_of(kind, rest)
        inputs = tuple(self.run.paths.table(f"{study}/{source}") for source in sources)
        return Product(path, kind, inputs, script, study)

    def _mesh(self, study: str, path: str, place: str) -> Product:
        task, family, *model = place.removesuffix(".ply").split("/")
        body = "".join(f"/{name}" for name in model)
        cell = self.run.mesh_cell(study, task, family, body)
        inputs = (self.run.mesh_source(study, task, family, body),)
        signal = "" if body else self.run.cells.truth(cell).name
        return Product(path, "mesh", inputs, "write_mesh", study, task, signal, cell)

    def _picture(self, study: str, path: str, rest: str) -> Product | None:
        run = self.run
        folder, _, place = rest.rpartition(".")[0].partition("/")
        looks = {"galleries": run.gallery, "sheets": run.sheet, "surfaces": run.surfaces}
        if folder not in looks:
            return None
        task, _, family = place.partition("/")
        cells = looks[folder](study, task, family)
        inputs = [run.gallery_signal(study, task, family)]
        if folder == "galleries":
            inputs.append(run.gallery_observation(study, task, family))
        inputs += [*map(run.fit_file, cells), *run.score_files(cells)]
        script = {"galleries": "gallery", "sheets": "sheet"}.get(folder, folder)
        about = {"script": f"draw_{script}", "study": study, "shown": tuple(cells)}
        return Product(path, "figure", tuple(dict.fromkeys(inputs)), **about)


def _made_of(kind: str, rest: str) -> tuple[str, tuple[str, ...]]:
    """The script of a table or figure of a study, and the study's tables that it reads."""
    name = rest.removeprefix("sets/")
    if rest in COMPARED:
        return "compare_with_published", (SCORES,)
    folder, _, below = rest.partition("/")
    if below and folder in RANKED:
        return RANKED[folder]
    if name.startswith("published"):
        return ("write_published" if kind == "table" else "draw_published"), COMPARED
    if name.startswith("timings"):
        return ("write_timings", (TIMINGS,)) if kind == "table" else ("draw_timings", MORE)
    if kind == "table":
        return "write_table", (SCORES,)
    if name.startswith("convergence"):
        return "draw_convergence", (HISTORY, SCORES)
    look = next(k for k in ("heatmap", "curves", "gaps") if name.startswith(k))
    return f"draw_{look}", (SCORES,)
