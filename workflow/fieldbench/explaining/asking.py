"""What a user may ask about: a file of the results, or a folder of them."""

import os
import subprocess
from pathlib import Path
from typing import Any

from fieldbench.explaining.chain import Chain
from fieldbench.plan.config import presets
from fieldbench.plan.errors import UserError
from fieldbench.plan.jobs.run import Run
from fieldbench.plan.paths import DOWNLOADS
from fieldbench.results.store import write_whole

EXAMPLE = "snakemake explain --config of=results/quick/tables/scores.csv"
LISTED = 20  # files that are not as planned, before the rest is only counted


def explain(config: dict[str, Any]) -> str:
    """The answer to `of`: a file's chain, or the files of a folder that are not as planned."""
    settings = presets.read_config(config)
    if settings.of is None:
        raise UserError("Nothing is named to explain.", f"Name a file: {EXAMPLE}")
    inside = _inside(settings.of, settings.results)
    run = _run_of(inside.parts[0], config) if inside.parts else Run(config, checks=False)
    path = str(Path(settings.results, inside))
    if Path(path).is_dir():
        return _folder(Chain(run), path)
    return f"{Chain(run).tree(path).text()}\n{checkout()}"


def checkout() -> str:
    """The commit of this folder, and whether something in it is not committed."""
    said = [_git("rev-parse", "HEAD"), _git("status", "--porcelain", "--untracked-files=no")]
    if said[0] is None:
        return "This folder is no git checkout."
    changed = ", with changes that are not committed" if said[1] else ", nothing changed since"
    return f"This folder is at commit {said[0]}{changed}."


def _git(*words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *words], cwd=presets.CONFIG, capture_output=True, text=True, timeout=60
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _inside(of: str, results: str) -> Path:
    """The path below the results folder; neither need be there, nor are links followed."""
    asked, root = Path(os.path.abspath(of)), Path(os.path.abspath(results))  # noqa: PTH100
    if not asked.is_relative_to(root):
        raise UserError(f"{of} is not below the results folder {results}.", f"So: {EXAMPLE}")
    return asked.relative_to(root)


def _run_of(folder: str, config: dict[str, Any]) -> Run:
    """The preset that a folder of the results belongs to, planned."""
    run = Run(config, checks=False)
    if folder in (run.name, DOWNLOADS):
        return run
    if folder in presets.preset_names():
        return Run(config | {"preset": folder}, checks=False)
    if folder in (presets.THROUGHPUT, presets.KERNELS):
        raise UserError(
            f"{folder} belongs to no preset: its files say their code, settings and machine.",
            "Look at them with h5dump, or ask about a file of a preset.",
        )
    known = sorted({run.name, *presets.preset_names()})
    raise UserError(
        f"The results folder '{folder}' is that of no preset that is known here.",
        f"Name the file of your own with `preset=`, beside `of=`; known are {', '.join(known)}.",
    )


def _folder(chain: Chain, path: str) -> str:
    """How many files below a folder are as planned; those that are not, and how to remove them."""
    ways, same = chain.stale(f"{path.rstrip('/')}/")
    stale = sorted(file for files in ways.values() for file in files)
    lines = [f"{path}: {same:,} files as planned, {len(stale):,} made otherwise."]
    for said, files in sorted(ways.items(), key=lambda way: -len(way[1])):
        shown = ", ".join(files[:LISTED])
        more = f" and {len(files) - LISTED:,} more" if len(files) > LISTED else ""
        lines.append(f"{len(files):,} {said}: {shown}{more}")
    if stale:
        noted = f"{chain.run.paths.root}/logs/made-otherwise.txt"
        write_whole(noted, "".join(f"{file}\n" for file in stale).encode())
        lines.append(f"Remove them with: xargs rm < {noted}")
        lines.append("Then run the same command again: they are made anew, and nothing else.")
    return "\n".join([*lines, checkout()])
