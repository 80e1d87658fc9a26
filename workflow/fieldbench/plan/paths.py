"""Where every file of a run lies, as patterns for the rules and as paths for the plan."""

import re
from dataclasses import dataclass

# Braces are Snakemake's and ours, and lines end lines of logs: no path of a user's may have them.
UNUSABLE = re.compile(r"[{}\x00-\x1f\x7f]")
DOWNLOADS = "downloads"  # the folder of files from elsewhere, beside the presets' results
RECORD = "{budget}-s{seed}"  # a cell among those of its model on its signal
CELL = f"{{task}}/{{signal}}/{{model}}-{RECORD}"


@dataclass(frozen=True)
class Paths:
    """The folder of one preset's results, and the patterns below it."""

    root: str

    @property
    def signal(self) -> str:
        return f"{self.root}/signals/{{signal}}.h5"

    @property
    def observation(self) -> str:
        return f"{self.root}/observations/{{task}}/{{signal}}.h5"

    @property
    def fit(self) -> str:
        return f"{self.root}/fits/{CELL}.h5"

    @property
    def score(self) -> str:
        return f"{self.root}/scores/{{task}}/{{signal}}/{{model}}.h5"

    @property
    def summary(self) -> str:
        return f"{self.root}/summary.md"

    @property
    def unreadable(self) -> str:
        """A file that is never made: a study's that lacks signals."""
        return f"{self.root}/unreadable/{{study}}"

    def table(self, name: str) -> str:
        return f"{self.root}/tables/{name}"

    def figure(self, name: str) -> str:
        return f"{self.root}/figures/{name}"

    def piece(self, kind: str, name: str) -> str:
        """The path of a sound or a video."""
        return f"{self.root}/{kind}s/{name}"

    def mesh(self, name: str) -> str:
        return f"{self.root}/meshes/{name}"

    def estimate(self, name: str) -> str:
        return f"{self.root}/estimates/{name}"

    def log(self, name: str) -> str:
        return f"{self.root}/logs/{name}.log"
