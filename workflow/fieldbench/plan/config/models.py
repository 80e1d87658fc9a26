"""What a user may write: config/config.yaml and a preset. Unknown keys are errors."""

import itertools
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    WithJsonSchema,
)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Config(Strict):
    """config/config.yaml: where things are. What to run stands in the preset."""

    preset: str = Field("quick", description="A name in config/presets, or a path to a file.")
    results: str = Field("results", description="The folder that results are written to.")
    kernels: str = Field(
        "config/kernels.yaml", description="The file that says whose kernels `kernels` examines."
    )
    throughput: str = Field(
        "config/throughput.yaml", description="The file that says what `throughput` measures."
    )
    datasets: str | None = Field(
        None, description="A folder of your own with files of config/datasets.yaml, used in place."
    )
    mirror: str | None = Field(
        None,
        description="A copy of the published files that is asked before the network: a folder, "
        "or a file:, http: or https: address.",
    )
    network: bool = Field(
        True, description="Whether anything beyond `datasets` and `mirror` may be asked for files."
    )
    entries: str | None = Field(
        None,
        description="A folder with models, metrics and other entries of your own, in subfolders "
        "that are called as fieldbench's: `models/`, `metrics/` and so on.",
    )
    processor: Literal["native", "common"] = Field(
        "native",
        description="`native` computes with all that the processor can do; `common` with what all "
        "x86-64 processors of one vendor can, so that the machines of a cluster agree.",
    )
    of: str | None = Field(None, description="The file or folder that `snakemake explain` is of.")


class Steps(Strict):
    """What a fit's steps are; may differ from task to task."""

    steps: PositiveInt = Field(1000, description="Optimiser steps.")
    batch: PositiveInt | Literal["all"] = Field(
        "all", description="Points a step, or `all` of them."
    )
    evaluations: PositiveInt = Field(
        10, description="How often PSNR is taken, evenly, beside step 1."
    )
    keep: Literal["best", "last"] = Field(
        "best", description="Which evaluation becomes the reconstruction."
    )
    schedule: Literal["constant", "cosine"] = Field(
        "constant", description="How the learning rate goes over the steps."
    )
    floor: float = Field(
        0.0, ge=0, le=1, description="Where a cosine ends, as a share of the first learning rate."
    )
    betas: tuple[float, float] = Field((0.9, 0.999), description="Adam's two decay rates.")
    epsilon: PositiveFloat = Field(1e-8, description="Adam's epsilon.")
    points_at_once: PositiveInt | Literal["auto"] = Field(
        "auto",
        description="Points evaluated together: bounds memory, and fits a cache. "
        "`auto` is 2048 on a CPU and 262144 on a GPU.",
    )


class Training(Steps):
    """How a fit is trained."""

    threads: PositiveInt = Field(1, description="CPU threads of one fit, on every machine.")
    checkpoint_seconds: PositiveFloat = Field(
        30.0, description="Seconds between checkpoints of a fit that takes longer than this."
    )


class PresetTraining(Training):
    """How every fit of the preset is trained."""

    by_task: dict[str, Steps] = Field(
        {}, description="What differs for one task: any of these but threads and checkpoints."
    )

    def of(self, task: str, kind: str) -> Training:
        """How fits of a task are trained: its own name says more than its kind."""
        own = self.by_task.get(task) or self.by_task.get(kind) or Steps()
        common = self.model_dump(exclude={"by_task"})
        return Training(**common | own.model_dump(exclude_unset=True))


class Entry(BaseModel):
    """A named signal, task or model: its kind, and settings of that kind."""

    model_config = ConfigDict(extra="allow", frozen=True)
    kind: str | None = Field(None, description="The registered entry; by default the name.")

    @property
    def settings(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class Overrides(BaseModel):
    """Settings that hold in one place only."""

    model_config = ConfigDict(extra="allow", frozen=True)
    learning_rate: PositiveFloat | None = None

    @property
    def settings(self) -> dict[str, Any]:
        return {k: v for k, v in self.model_dump(exclude_unset=True).items() if v is not None}


class Group(Overrides):
    """Overrides for one dimension or task, and where those differ by budget."""

    by_budget: dict[PositiveInt, Overrides] = Field(
        {}, description="Settings for one budget, within this."
    )

    @property
    def settings(self) -> dict[str, Any]:
        return {k: v for k, v in super().settings.items() if k != "by_budget"}


class Part(Overrides):
    """Settings of a part of models, and where those differ by dimension or task."""

    by_dims: dict[int, Overrides] = Field({}, description="Settings for one dimension.")
    by_task: dict[str, Overrides] = Field({}, description="Settings for one task.")

    @property
    def settings(self) -> dict[str, Any]:
        return {k: v for k, v in super().settings.items() if k not in ("by_dims", "by_task")}


class ModelEntry(Entry):
    """A named model: settings, and where they differ by dimension, task or budget."""

    learning_rate: PositiveFloat | None = Field(None, description="Adam's learning rate.")
    backend: str | None = Field(
        None,
        description="Which implementation computes it: torch, tinycudann or gsplat, or `auto`.",
    )
    by_dims: dict[int, Group] = Field({}, description="Settings for one dimension.")
    by_task: dict[str, Group] = Field(
        {}, description="Settings for one task, by its name or its kind; the name wins."
    )
    by_budget: dict[PositiveInt, Overrides] = Field({}, description="Settings for one budget.")


class Answer(Strict):
    """Which part of a study answers numbers that were printed elsewhere."""

    task: str | None = Field(None, description="One of the study's tasks; by default its only one.")
    signals: list[str] = Field([], description="Signals of the study; by default all of them.")


def _crossed(models: Any) -> Any:
    """Names, with every `{mlp: [[identity, rff], [relu, sine]]}` as its four names."""
    if not isinstance(models, list):
        return models
    found = []
    for model in models:
        crossed = model if isinstance(model, dict) else {}
        if not all(isinstance(p, list) for parts in crossed.values() for p in [parts, *parts]):
            return models  # which is no list of names, and is refused as such
        found += [] if crossed else [model]
        for frame, parts in crossed.items():
            found += ["-".join([frame, *map(str, chosen)]) for chosen in itertools.product(*parts)]
    return found


_CROSSED = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "array"}}}
Models = Annotated[
    list[str],
    BeforeValidator(_crossed),
    WithJsonSchema({"type": "array", "items": {"anyOf": [{"type": "string"}, _CROSSED]}}),
]


class Study(Strict):
    """One question: its cells, and the tables and figures that answer it."""

    question: str = Field(description="What the study asks, in a sentence.")
    tasks: list[str] = Field(["represent"], description="Names of tasks.")
    signals: list[str] = Field(description="Names of the preset's signals.")
    models: Models = Field(
        description="Names of models; the controls come by themselves. `{mlp: [[identity, rff], "
        "[relu, sine]]}` stands for every choice of one part of each list."
    )
    budgets: list[PositiveInt] = Field(description="Ceilings on trainable numbers.")
    seeds: list[int] = Field([1234], description="Repeats.")
    metrics: list[str] = Field(["psnr"], description="Names of metrics; the first one leads.")
    reference: str | dict[str, str] | None = Field(
        None,
        description="The model that differences are counted from, or one a task; by default grid, "
        "else grid-tv.",
    )
    sets: dict[str, list[str]] = Field(
        {}, description="Signals that are averaged together, by a name: ten images, say."
    )
    published: dict[str, Answer] = Field(
        {}, description="Blocks of config/published.yaml that the study answers."
    )


class Preset(Strict):
    """A named scale: what is run, and how."""

    about: str = Field("", description="What the preset is for.")
    device: Literal["cpu", "cuda", "auto"] = Field(
        "cpu", description="Where fits run; `auto` is resolved at planning and printed."
    )
    sizing: Literal["exact", "paper"] = Field(
        "exact", description="Largest model within the budget, or the published widths."
    )
    training: PresetTraining = PresetTraining()
    signals: dict[str, Entry] = Field(description="The signals, by a name of your own.")
    tasks: dict[str, Entry] = Field({}, description="Tasks whose settings differ from the default.")
    models: dict[str, ModelEntry] = Field(
        {}, description="Models whose settings differ from config/models."
    )
    parts: dict[str, Part] = Field(
        {},
        description="Settings of a frame, an encoding, an activation or a basis in all models made "
        "from it; what `models:` says of one of them wins.",
    )
    optional_metrics: list[str] = Field(
        [], description="Metrics to leave out, and say so, where their files cannot be had."
    )
    studies: dict[str, Study]
