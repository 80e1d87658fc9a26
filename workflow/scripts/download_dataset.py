"""A key of config/datasets.yaml in, its file out."""

import os
from functools import partial
from typing import Any

import _library  # noqa: F401 (finds what follows)
from runtime import fork_server

# Fetching needs nothing of what the warm process has loaded, so it need not wait for it.
os.environ.pop(fork_server.ADDRESS, None)

import _job

from fieldbench.downloads.fetch import fetch
from fieldbench.downloads.telling import Voice
from fieldbench.plan.config import presets
from fieldbench.plan.config.datasets import Catalogue
from fieldbench.plan.targets.data_files import Sources


def main(job: Any) -> None:
    # Not from the parameters: where a file is fetched from says nothing about what it is.
    sources = Sources(presets.read_config(job.config))
    catalogue = Catalogue(presets.CONFIG / "datasets.yaml")
    fetch(catalogue.by_key[job.params.job["key"]], sources, Voice(partial(_job.tell, job)))


if __name__ == "__main__":
    _job.run(main, snakemake)  # noqa: F821
