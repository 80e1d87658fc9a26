"""The reasons in, no file out: what a study lacks is told, and the job fails."""

from typing import Any

import _job

from fieldbench.plan.errors import UserError


def main(job: Any) -> None:
    reasons = job.params.reasons
    for signal, reason in reasons.items():
        print(f"{signal}: {reason}")
    raise UserError(
        f"The study {job.wildcards.study} lacks {' and '.join(reasons)}, which cannot be read.",
        "Correct that and run the same command again, which makes what is missing.",
    )


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
