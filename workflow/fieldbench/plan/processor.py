"""The kind of processor that computes numbers, and the setting that makes many kinds compute alike.

torch, oneDNN, MKL, OpenBLAS, numba and numpy each choose between versions of their loops by what
the processor can do. The versions round differently, so a fit has other last digits on another kind
of processor, or after a variable of the environment has changed the choice. The kind is therefore
a parameter of every job that computes numbers, and a job on another kind refuses to begin.
"""

import hashlib
import os
import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fieldbench.plan.errors import UserError

# The variables that change a library's choice: of torch, oneDNN, MKL, numba, OpenBLAS and numpy.
CHOICES = (
    "ATEN_CPU_CAPABILITY",
    *("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"),
    *("MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS"),
    *("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_ENABLE_AVX"),
    "OPENBLAS_CORETYPE",
    *("NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES"),
)
# `processor: common`: what every x86-64 processor of the last ten years can do, and no more.
COMMON = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "",  # those that the name stands for, none of the machine's own
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}
# MKL's AVX2 is the same on all of Intel's; on others it knows no fixed choice but this slow one.
_MKL, _MKL_OF_OTHERS = {"MKL_CBWR": "AVX2"}, {"MKL_CBWR": "COMPATIBLE"}
NEEDED = frozenset({"avx2", "fma", "f16c", "bmi1", "bmi2", "movbe"})
PLANNED = "FIELDBENCH_PROCESSOR"  # the variable that tells jobs which kind their run was planned on
_VECTORS = ("sse4_2", "avx", "fma", "f16c", "amx", "asimd", "sve", "bf16", "i8mm", "fp16", "fphp")


@dataclass(frozen=True)
class Processor:
    """A kind of processor; two machines of one kind compute the same numbers."""

    architecture: str
    model: str  # vendor, family and model; under `common` the vendor, whose libraries may differ
    instructions: tuple[str, ...]  # on vectors
    choices: tuple[tuple[str, str], ...]  # the variables of CHOICES that are set

    @property
    def is_common(self) -> bool:
        return dict(self.choices) == _common_choices(self.model)

    @property
    def name(self) -> str:
        """The kind in a few words."""
        if self.is_common:
            return f"common {self.architecture} {self.model} AVX2"
        chosen = "".join(f", {variable}={value}" for variable, value in self.choices)
        return f"{self.architecture} {self.model} {_widest(self.instructions)}{chosen}"

    @property
    def digest(self) -> str:
        told = f"{self.architecture} {self.model} {self.instructions} {self.choices}"
        return hashlib.sha256(told.encode()).hexdigest()[:8]

    @property
    def label(self) -> str:
        """The name and the digest: what parameters and facts call the kind."""
        return f"{self.name} [{self.digest}]"


def here() -> Processor:
    """The kind of processor that this process computes on."""
    return _here(tuple((v, os.environ[v]) for v in CHOICES if v in os.environ))


def planned() -> str:
    """The label of the kind that jobs are planned for: that of the machine where the run began."""
    return os.environ.get(PLANNED) or here().label


def settle(setting: str, begins: bool = True) -> None:
    """Make the environment that jobs inherit agree with `processor` of the configuration.

    `begins`: whether this process begins the run, and does not do a part of it on another machine.
    """
    if setting == "common":
        _check_common()
        for variable in CHOICES:
            os.environ.pop(variable, None)
        os.environ.update(_common_choices(_hardware()[1]))
    if begins:
        os.environ[PLANNED] = here().label


def require(label: str) -> None:
    """Raise a UserError where this process computes on another kind than the label's."""
    own = here().label
    if own != label:
        raise UserError(
            f"This job was planned for the processor {label} and runs on {own}, whose numbers "
            "differ in their last digits.",
            "Set `processor: common` in config/config.yaml, which makes kinds of processor compute "
            "alike, or begin the run on a machine of the kind that its jobs run on.",
        )


def hint() -> str:
    """A warning before jobs are sent to other machines, where one is due."""
    own = here()
    if own.is_common:
        return ""
    return (
        f"jobs on another kind of processor than {own.label} will refuse; set `processor: common` "
        "if the machines differ."
    )


def facts() -> dict[str, Any]:
    """The facts of the processor that a result records."""
    own = here()
    return {
        "processor": own.label,
        "instructions": {"vectors": list(own.instructions), "chosen": dict(own.choices)},
    }


def _common_choices(model: str) -> dict[str, str]:
    """What `processor: common` sets on a model of processor."""
    return COMMON | (_MKL if model.startswith("GenuineIntel") else _MKL_OF_OTHERS)


def _check_common() -> None:
    architecture, _, instructions = _hardware()
    if architecture != "x86_64":
        raise UserError(
            f"config: `processor: common` is known for x86-64 only, and this machine is "
            f"{architecture}.",
            "Set `processor: native`, and run all jobs on one kind of machine.",
        )
    if lacking := sorted(NEEDED - set(instructions)):
        raise UserError(
            f"config: `processor: common` needs instructions that this processor lacks: "
            f"{', '.join(lacking)}.",
            "Run on newer machines only, or set `processor: native`.",
        )


@cache
def _here(choices: tuple[tuple[str, str], ...]) -> Processor:
    architecture, model, instructions = _hardware()
    if dict(choices) == _common_choices(model):
        return Processor(architecture, model.split()[0], ("avx2", "fma"), choices)
    vectors = (i for i in instructions if i.startswith(_VECTORS) or i in NEEDED)
    return Processor(architecture, model, tuple(sorted(vectors)), choices)


@cache
def _hardware() -> tuple[str, str, tuple[str, ...]]:
    """The architecture, the model and all instruction sets of this machine."""
    architecture = {"AMD64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine(), platform.machine()
    )
    info = Path("/proc/cpuinfo")
    if not info.is_file():
        return architecture, f"{platform.system()} {platform.processor()}".strip(), ()
    return architecture, *read_cpuinfo(info.read_text(encoding="utf-8", errors="replace"))


def read_cpuinfo(text: str) -> tuple[str, tuple[str, ...]]:
    """The model and the instruction sets that the text of /proc/cpuinfo tells.

    Where cores differ, every model is named, and only the instruction sets that all have.
    """
    models, sets = set(), []
    for block in filter(None, text.split("\n\n")):
        pairs = (line.partition(":") for line in block.splitlines())
        known = {key.strip(): value.strip() for key, _, value in pairs}
        if "vendor_id" in known:
            number = f"{known.get('cpu family', '?')}-{known.get('model', '?')}"
            models.add(f"{known['vendor_id']} {number}")
        elif "CPU part" in known:
            models.add(f"{known.get('CPU implementer', '?')} {known['CPU part']}")
        if "flags" in known or "Features" in known:
            sets.append(set(known.get("flags", known.get("Features", "")).split()))
    shared = set.intersection(*sets) if sets else set()
    return " + ".join(sorted(models)) or "unknown", tuple(sorted(shared))


def _widest(instructions: tuple[str, ...]) -> str:
    """The widest vectors among instruction sets, as people call them."""
    names = {"amx": "AMX", "avx512": "AVX-512", "avx2": "AVX2", "avx": "AVX", "sve": "SVE"}
    found = (n for start, n in names.items() if any(i.startswith(start) for i in instructions))
    return next(found, "without wide vectors")
