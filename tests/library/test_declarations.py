"""What is wrong with an entry's declaration is told in two sentences, whatever it is."""

import pytest
from helpers import own_entries
from helpers.own_entries import METRIC, MODEL, SIGNAL

from fieldbench.plan.entries import kinds, registry, source_code
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.kinds import KINDS
from fieldbench.plan.entries.sizing import count, flops
from fieldbench.plan.errors import UserError

# Kind, text, and a word of what is wrong and one of what to do.
FAULTS = {
    "a fact misspelt": (
        "metrics", METRIC.replace("better", "beter"), "declares `beter`", "'better'",
    ),
    "a fact of another type": (
        "models", MODEL.replace("dims = (1, 2, 3)", "dims = 2"), "`dims` as 2", "dimensions",
    ),
    "a fact of no such value": (
        "metrics", METRIC.replace('"lower"', '"less"'), "'less'", "`higher` or `lower`",
    ),
    "a fact that is computed": (
        "metrics", METRIC.replace("(0, 1)", "(0, max(1, 2))"), "computes `limits`", "Write",
    ),
    "a fact beside the class": (
        "metrics", f"clamped = False\n{METRIC}", "`clamped` beside its class", "class",
    ),
    "no dims": ("metrics", METRIC.replace("dims", "_dims"), "not declare `dims`", "dims = ..."),
    "no derivatives": (
        "models", MODEL.replace("derivatives = 1", ""), "not declare `derivatives`", "0, 1 or 2",
    ),
    "no learning rate": (
        "models", MODEL.replace("learning_rate = 1e-3", ""), "`learning_rate`", "Adam",
    ),
    "no count": ("models", MODEL.replace("def par", "def _par"), "`parameters`", "trainable"),
    "no shape": ("signals", SIGNAL.replace("def shape", "def _shape"), "`shape`", "Samples"),
    "a function misspelt": (
        "signals", f"def chanels(**_):\n    return 3\n{SIGNAL}", "`chanels`", "'channels'",
    ),
    "an import in a planning function": (
        "models", MODEL.replace("return size", "return int(np.sqrt(size))"), "uses `np`", "import",
    ),
    "an import in what a planning function calls": (
        "signals",
        "def _half(n):\n    return np.round(n)\n" + SIGNAL.replace("(length,", "(_half(length),"),
        "`shape` uses `np`", "import",
    ),
    "a default that is computed": (
        "models", MODEL.replace("width: int = 3", "width: int = WIDE"), "`width` is WIDE", "number",
    ),
    "a class of another name": (
        "metrics", METRIC.replace("class Metric", "class Own"), "no class Metric", "name its class",
    ),
    "what is no Python": ("metrics", "class Metric\n", "line 1", "Correct"),
    "a score of parts without their name": (
        "metrics", f"{METRIC}    parts = ('1',)\n", "`part_name`", "part_name = ...",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_what_to_do(tmp_path, fault):
    kind, text, what, todo = FAULTS[fault]
    own_entries.write(tmp_path, kind, "mine", text)
    with own_entries.used(tmp_path), pytest.raises(UserError) as caught:
        registry.declare(kind, "mine")
    assert what in caught.value.what and caught.value.what.endswith(".")
    assert todo in caught.value.todo and caught.value.todo[-1] in ".?"


def test_names_in_capitals_and_private_ones_are_free(tmp_path):
    text = MODEL.replace("class Model:", "WIDE = 3\n\n\nclass Model:\n    _own = 5\n    DEEP = 4")
    own_entries.write(tmp_path, "models", "mine", text.replace("return size", "return size * WIDE"))
    with own_entries.used(tmp_path):
        declared = registry.declare("models", "mine")
        assert declared.facts == KINDS["models"].facts(
            dims=(1, 2, 3), derivatives=1, learning_rate=1e-3
        )
        assert count(declared, 7, Domain(2, 1, (9, 9)), {}) == 21


def test_a_model_need_not_count_its_operations(tmp_path):
    own_entries.write(tmp_path, "models", "mine", MODEL)
    with own_entries.used(tmp_path):
        assert flops(registry.declare("models", "mine"), 7, Domain(2, 1, (9, 9)), {}) is None


def test_a_composed_model_counts_where_its_basis_does(tmp_path):
    file = own_entries.write(tmp_path, "bases", "mine")
    where = Domain(2, 1, (9, 9))
    with own_entries.used(tmp_path):
        assert flops(registry.declare("models", "kan-mine"), 7, where, {}) > 0
    file.write_text(file.read_text().replace("def flops", "def _flops"))
    with own_entries.used(tmp_path):
        assert flops(registry.declare("models", "kan-mine"), 7, where, {}) is None


def test_annotations_of_planning_functions_need_no_imports(tmp_path):
    text = MODEL.replace("(size, **_)", "(size: np.int64, **_: Any) -> torch.Tensor")
    source = source_code.read(own_entries.write(tmp_path, "models", "mine", text), "Model")
    assert source.functions["parameters"](3) == 3


TYPES = [
    ("models", "dims", (1, 2), True),
    ("models", "dims", (1, 4), False),
    ("models", "dims", (True,), False),
    ("models", "dims", [1, 2], False),
    ("models", "learning_rate", 1, True),
    ("models", "learning_rate", True, False),
    ("models", "smallest", 2.0, False),
    ("models", "derivatives", None, True),
    ("models", "backend_dims", {"other": (2, 3)}, True),
    ("models", "backend_dims", {"other": 2}, False),
    ("signals", "limits", (0, 1), True),
    ("signals", "limits", (0, 1, 2), False),
    ("signals", "limits", None, True),
    ("signals", "random", 1, False),
    ("metrics", "better", "less", False),
]


@pytest.mark.parametrize(("kind", "name", "value", "expected"), TYPES)
def test_facts_are_held_to_their_types(kind, name, value, expected):
    assert kinds.fits(kind, name, value) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_every_fact_is_explained_in_a_sentence(kind):
    for field in KINDS[kind].facts.__dataclass_fields__.values():
        assert field.metadata["means"][0].isupper() and field.metadata["means"].endswith(".")
