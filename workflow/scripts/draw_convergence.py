"""A study's histories and scores in; PSNR against training steps out."""

from typing import Any

import _job
import pandas as pd

from fieldbench.figures import convergence
from fieldbench.figures.parts import selection
from fieldbench.figures.parts.style import Style, save


def main(job: Any) -> None:
    plan = job.params.job
    history, scores = (pd.read_csv(job.input[name]) for name in ("history", "scores"))
    chosen = selection.best(scores, next(iter(plan["metrics"].values())), Style.of(plan["style"]))
    drawn = convergence.draw(chosen.of(history), chosen.style, chosen.note)
    save(drawn, job.output[0], job.params.stamp)


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
