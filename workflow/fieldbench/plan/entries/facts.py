"""What an entry of each kind may declare in its class.

A fact is a literal in the body of the entry's class, such as `dims = (1, 2, 3)`. One without a
default here must be declared. Names in capitals and names that begin with an underscore are the
entry's own and never facts.
"""

import dataclasses
from dataclasses import MISSING, dataclass
from typing import Any, Literal

Dims = tuple[Literal[1, 2, 3], ...]
Range = tuple[float, float]


def fact(means: str, default: Any = MISSING) -> Any:
    """A field of a class of facts: one sentence on what it means, and its default."""
    return dataclasses.field(default=default, metadata={"means": means}, kw_only=True)


@dataclass(frozen=True)
class SignalFacts:
    """A signal: values on a lattice, which models are to represent."""

    dims: Dims = fact("The dimensions that it comes in.")
    random: bool = fact("Whether a seed decides its values; its setting is then `seed`.", False)
    binary: bool = fact("Whether it holds two values only, 0 and 1.", False)
    limits: Range | None = fact(
        "The least and the greatest value, to which reconstructions are clamped; None: no limits.",
        (0.0, 1.0),
    )
    holds: str = fact("The sort of its values, by which tasks and metrics choose.", "intensities")
    files: tuple[str, ...] = fact(
        "The settings that name a file of the user's: each such file is an input of the job.", ()
    )


@dataclass(frozen=True)
class TaskFacts:
    """A task: what is shown of a signal, and what is asked back."""

    dims: Dims = fact("The dimensions of signals that it is for.", (1, 2, 3))
    function: bool = fact("Whether its loss calls the model as a function of points.", False)
    whole_field: bool = fact("Whether a step needs the model's values everywhere.", False)
    derivatives: int = fact("How often it differentiates a model in its coordinates.", 0)
    holds: str | None = fact("The only sort of signal that it is for.", None)
    aligned: bool = fact("Whether it leaves brightness and contrast free.", False)
    takes: tuple[str, ...] = fact("What a signal gives it beside its values, by name.", ())
    of: str | None = fact("The task whose fits it asks something else of, training none.", None)


@dataclass(frozen=True)
class ModelFacts:
    """A model: a function of coordinates that is trained."""

    dims: Dims = fact("The dimensions that it can be made in.")
    derivatives: int | None = fact(
        "How often it may be differentiated in its coordinates: 0, 1 or 2; a frame's parts say it.",
        None,
    )
    learning_rate: float = fact("Adam's learning rate; needed unless it is a control.", 0.0)
    control: bool = fact("Whether it is no competitor, but a floor or a ceiling.", False)
    sized: bool = fact("Whether a budget decides its size.", True)
    smallest: int = fact("Its smallest size.", 1)
    largest: int = fact("Its largest size.", 1 << 40)
    structured: bool = fact("Whether it is computed faster on a lattice than at points.", False)
    loops_on_cpu: bool = fact("Whether its loops on a CPU are compiled ones.", False)
    backends: tuple[str, ...] = fact("What it can be computed by.", ("torch",))
    backend_dims: dict[str, Dims] | None = fact(
        "The dimensions of a backend that has fewer of them.", None
    )
    sees: str | None = fact("The task whose observation it is given, whatever is asked.", None)
    made_of: tuple[str, ...] = fact("The kinds of its parts, where it is a frame for parts.", ())

    def lacking(self) -> str | None:
        """The fact that is missing here although other models need none."""
        if self.derivatives is None and not self.made_of:
            return "derivatives"
        return None if self.learning_rate or self.control else "learning_rate"


@dataclass(frozen=True)
class MetricFacts:
    """A metric: how near a reconstruction is to the truth."""

    label: str = fact("Its name in tables and figures.")
    unit: str = fact("Its unit, or an empty text.")
    better: Literal["higher", "lower"] = fact("Which way is better: `higher` or `lower`.")
    limits: Range = fact("The range of colours in heatmaps.")
    dims: Dims = fact("The dimensions of signals that it is for.")
    channels: tuple[int, ...] = fact("The numbers of channels that it is for; none: any.", ())
    kinds: tuple[str, ...] = fact("The kinds of signals that it is for; none: any.", ())
    holds: str | None = fact("The only sort of signal that it is for.", None)
    smallest_side: int = fact("The shortest side, in samples, that it can be computed of.", 1)
    sides: tuple[int, ...] = fact("The axes that `smallest_side` is about; none: all.", ())
    clamped: bool = fact("Whether reconstructions are clamped before it is computed.", True)
    needs: tuple[str, ...] = fact("The files of config/datasets.yaml that it is given.", ())
    bytes_a_sample: float = fact("Memory a sample beyond the arrays it is given.", 0)
    flops_a_sample: float = fact("Operations a sample; 1e4 suits all without a network.", 1e4)
    parts: tuple[str, ...] = fact("The names of its scores, where it has several.", ())
    part_name: str | None = fact("What one of its several scores is of.", None)
    parts_are: str | None = fact("A phrase that explains its several scores.", None)

    def lacking(self) -> str | None:
        """The fact that is missing because of another."""
        named = [name for name in ("part_name", "parts_are") if not getattr(self, name)]
        return named[0] if self.parts and named else None


@dataclass(frozen=True)
class EncodingFacts:
    """An encoding: features of coordinates, for the first layer of a composed network."""

    derivatives: int = fact("How often it may be differentiated: 0, 1 or 2.")


@dataclass(frozen=True)
class ActivationFacts:
    """An activation: what stands between the layers of a composed network."""

    derivatives: int = fact("How often it may be differentiated: 0, 1 or 2.")
    learned: int = fact("How many numbers it learns, a layer.", 0)
    gain: float | None = fact("By how much first weights are larger than without it.", None)


@dataclass(frozen=True)
class BasisFacts:
    """A basis: the functions on the edges of a Kolmogorov-Arnold layer."""

    derivatives: int = fact("How often it may be differentiated: 0, 1 or 2.")


@dataclass(frozen=True)
class FigureFacts:
    """A kind of figure: what it shows, and what it is drawn from."""

    path: str = fact("Its file below the folder of a study's figures; braces are its names.")
    category: str = fact("The section of Snakemake's report that it stands in.")
    caption: str = fact("What it shows, for whoever reads the report.")
    reads: tuple[str, ...] = fact(
        "The study's tables that it is drawn from: scores, history, timings, published or "
        "published-ranks.",
        (),
    )
    pictures: Literal["", "gallery", "sheet", "surfaces"] = fact(
        "The cells whose signals and fits it shows, where it is drawn from these, not from tables.",
        "",
    )
    needs: tuple[str, ...] = fact(
        "What else of the plan it is given: sets, reference, composed, impossible or sort.", ()
    )
    scope: Literal["study", "overview", "kernels", "throughput"] = fact(
        "What one of it is about: a study, all studies of composed models, or an analysis.",
        "study",
    )


@dataclass(frozen=True)
class TableFacts:
    """A kind of table for readers: what it holds, and what it is made from."""

    path: str = fact("Its file below the folder of a study's tables; braces are its names.")
    suffixes: tuple[str, ...] = fact("The formats that it is written in: csv, md or tex.")
    category: str = fact("The section of Snakemake's report that it stands in.")
    caption: str = fact("What it holds, for whoever reads the report.")
    reads: tuple[str, ...] = fact("The study's tidy tables that it is made from.")
    needs: tuple[str, ...] = fact("What else of the plan it is given.", ())
    scope: Literal["study", "overview", "throughput"] = fact(
        "What one of it is about: a study, all studies of composed models, or an analysis.",
        "study",
    )


@dataclass(frozen=True)
class ExportFacts:
    """A kind of file for players and viewers, made of a signal or a fit."""

    path: str = fact("Its file below a study's folder; braces are its names.")
    folder: str = fact("The folder beside figures and tables that its files lie in.")
    holds: tuple[str, ...] = fact("The sorts of signals that it is for.", ())
    pictures: Literal["", "surfaces"] = fact("Of bodies `surfaces`; else of all galleries.", "")
