"""What a step minimises when the loss needs the whole field, and its gradient in bounded memory.

A step goes over the lattice twice. First it computes all values, part by part, and keeps nothing
else; of these it takes the loss and its gradient with respect to every value. Then it goes over
the parts again and carries that gradient back to the parameters. The gradients of the parts add
up to that of the whole, and no more than a part's activations are held at any time. A lattice that
is a single part goes forward once.
"""

from collections.abc import Callable

import torch

from fieldbench.models._field import Field, predictor, slabs
from fieldbench.results.observation import Observation
from fieldbench.tasks._task import FieldTask

Part = Callable[[], list[torch.Tensor]]  # computes the model's outputs on a part of the lattice


class FieldObjective:
    """The loss of one model on one observation that no part of it can be compared with."""

    def __init__(
        self,
        model: Field,
        task: FieldTask,
        observation: Observation,
        *,
        points_at_once: int,
        whole: bool,
        device: torch.device,
    ):
        self.model, self.task, self.seen = model, task, observation.seen
        self.values = torch.as_tensor(observation.values, device=device)
        self.limits = observation.limits
        self.peak = self.values.abs().max().item() or 1.0
        self.parts = self._slabs(points_at_once) if whole else self._runs(points_at_once, device)

    def backward(self) -> float:
        """Add one step's gradient to the parameters; the loss, without the penalty."""
        if len(self.parts) == 1:
            loss = self._loss(self._fields([self.parts[0]()]))
            loss.backward()
        else:
            with torch.no_grad():
                fields = self._fields([part() for part in self.parts])
            loss = self._loss([field.requires_grad_() for field in fields])
            self._carry_back(torch.autograd.grad(loss, fields))
        penalty = self.model.penalty()
        if penalty is not None:
            penalty.backward()
        return loss.item()

    @torch.no_grad()
    def error(self) -> float:
        """The mean square error in the observed domain, of the field clamped to its limits."""
        field = self._fields([part()[-1:] for part in self.parts])[0]
        return self.task.loss(field.clamp(*self.limits), self.values).item()

    def state(self) -> dict[str, torch.Tensor]:
        """Nothing: there is no order of points to keep."""
        return {}

    def restore(self, state: dict[str, torch.Tensor]) -> None:
        """Restore nothing: there is no order of points to keep."""

    def _loss(self, fields: list[torch.Tensor]) -> torch.Tensor:
        """A model of several outputs has the mean of their losses."""
        losses = [self.task.loss(field, self.values) for field in fields]
        return torch.stack(losses).mean() if len(losses) > 1 else losses[0]

    def _fields(self, parts: list[list[torch.Tensor]]) -> list[torch.Tensor]:
        """Each output on the whole lattice, (*seen.shape, channels); parts are (N, channels)."""
        outputs = zip(*parts, strict=True)
        return [torch.cat(of_one).reshape(*self.seen.shape, -1) for of_one in outputs]

    def _carry_back(self, gradients: tuple[torch.Tensor, ...]) -> None:
        """Add to the parameters what a gradient with respect to the fields means to them."""
        rows, first = [g.flatten(0, -2) for g in gradients], 0
        for part in self.parts:
            outputs = part()
            last = first + len(outputs[0])
            torch.autograd.backward(outputs, [g[first:last] for g in rows])
            first = last

    def _slabs(self, at_once: int) -> list[Part]:
        """Parts for a model that gains from the lattice's structure."""

        def on(rows: slice) -> Part:
            return lambda: [self.model.on_lattice(self.seen, rows).flatten(0, -2)]

        return [on(rows) for rows in slabs(self.model, self.seen, at_once)]

    def _runs(self, at_once: int, device: torch.device) -> list[Part]:
        """Parts of so many points each."""
        points, predict = self.seen.points(device), predictor(self.model)

        def at(first: int) -> Part:
            return lambda: predict(points[first : first + at_once])

        return [at(first) for first in range(0, len(points), at_once)]
