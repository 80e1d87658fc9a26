"""What a budget buys: the size and the true count of every model, as a page for readers."""

from fieldbench.plan.entries import registry
from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.sizing import count, solve

BUDGETS = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000)  # INR-benchmark's
DOMAINS = {
    "2D, one channel, 1000 × 1000 samples": Domain(2, 1, (1000, 1000)),
    "2D, three channels, 339 × 510 samples": Domain(2, 3, (339, 510)),
    "3D, one channel, 100 × 100 × 100 samples": Domain(3, 1, (100, 100, 100)),
}
SIZINGS = {
    "paper": "`sizing: paper`: the published widths. They pass the budget where the paper's "
    "formulas do, by some per cent, and stay far below it where tables are powers of two.",
    "exact": "`sizing: exact`: the largest model within the budget, found by counting.",
}
ABOUT = """# What a budget buys

Size and true count of every model with its default settings, at INR-benchmark's budgets. A count
is of trainable real numbers: a complex one counts two, and what never gets a gradient is not built.
The size is a width (FFN, SIREN, WIRE, BACON, the MLPs), features (GA-Planes), the logarithm of a
table's rows (Instant-NGP), Gaussians (GSplat) or nodes an axis (Grid). Made by `make pages`.

Where the paper's released code and its numbers differ, its numbers win: a colour grid shares its
budget among the channels (the code gives each channel all of it). The paper's GA-Planes of 10,000
on a side of 1000 has 550-node lines and 11 × 11 planes: `{line: 550, plane: 11}` gives its 9,849.
"""


def to_markdown() -> str:
    """The whole page."""
    parts = [ABOUT.rstrip()]
    for sizing, said in SIZINGS.items():
        parts += [f"## {sizing}", said]
        for title, domain in DOMAINS.items():
            parts += [f"**{title}**", _table(domain, sizing)]
    return "\n\n".join(parts) + "\n"


def _table(domain: Domain, sizing: str) -> str:
    lines = [["model", *(f"{budget:,}" for budget in BUDGETS)], ["---", *["---:"] * len(BUDGETS)]]
    for name in registry.names("models"):
        model = registry.declare("models", name)
        if domain.dims in model.facts.dims and not model.facts.control:
            lines.append([name, *(_entry(model, budget, domain, sizing) for budget in BUDGETS)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _entry(model: registry.Declaration, budget: int, domain: Domain, sizing: str) -> str:
    """`size: count`, or a dash where the budget is too small for any."""
    try:
        size = solve(model, budget, domain, {}, sizing)
    except ValueError:
        return "–"
    return f"{size:,}: {count(model, size, domain, {}):,}"
