"""How large a model may be: budgets turned into sizes, by counting."""

from typing import Any

from fieldbench.plan.entries.domain import Domain
from fieldbench.plan.entries.registry import Declaration


def count(model: Declaration, size: int, domain: Domain, settings: dict[str, Any]) -> int:
    """The trainable numbers of a model of that size; a complex one counts two."""
    known = {k: v for k, v in model.settings.items()} | settings
    return model.functions["parameters"](
        size, dims=domain.dims, channels=domain.channels, shape=domain.shape, **known
    )


def flops(model: Declaration, size: int, domain: Domain, settings: dict[str, Any]) -> int | None:
    """Floating-point operations of a training step for each point, forward and backward.

    Two a multiply-add; sines, exponentials and index arithmetic are not counted. None for a model
    whose count depends on its data, which then declares no function `flops`.
    """
    counted = model.functions.get("flops")
    if counted is None:
        return None
    known = model.settings | settings
    return counted(size, dims=domain.dims, channels=domain.channels, shape=domain.shape, **known)


def solve(
    model: Declaration, budget: int, domain: Domain, settings: dict[str, Any], sizing: str
) -> int:
    """The size for a budget; a ValueError says why there is none."""
    if not model.facts.sized:
        return 0
    smallest = model.facts.smallest
    least = count(model, smallest, domain, settings)
    if least > budget:
        raise ValueError(f"the smallest {model.name} has {least:,} parameters")
    if sizing == "paper" and "paper_size" in model.functions:
        known = model.settings | settings
        size = model.functions["paper_size"](
            budget, dims=domain.dims, channels=domain.channels, shape=domain.shape, **known
        )
        return max(size, smallest)
    # Some sizes are exponents, and the numbers behind a careless step would fill the memory.
    largest = model.facts.largest
    return _largest(model, budget, domain, settings, smallest, largest)


def _largest(
    model: Declaration,
    budget: int,
    domain: Domain,
    settings: dict[str, Any],
    low: int,
    largest: int,
) -> int:
    """The largest size within the budget, by doubling and halving; counts grow with size."""
    high = low + 1
    while high <= largest and count(model, high, domain, settings) <= budget:
        low, high = high, high * 2
    high = min(high, largest + 1)
    while high - low > 1:
        middle = (low + high) // 2
        if count(model, middle, domain, settings) <= budget:
            low = middle
        else:
            high = middle
    return low
