"""What a step minimises: the mean square error in the observed domain, and its gradient.

A step goes over its points in parts whose gradients add up. That bounds memory, and keeps a part's
activations in the processor's cache. A part is a slab of the lattice for a model that gains from
the lattice's structure, else a run of `points_at_once` points. A mini-batch is such points out of
a permutation that is drawn anew for every pass.
"""

from collections.abc import Iterator

import torch

from fieldbench.models._field import Field, predictor, slabs
from fieldbench.results.observation import Observation
from fieldbench.tasks._task import PointTask


class Objective:
    """The loss of one model on one observation."""

    peak = 1.0  # of the history's PSNR

    def __init__(
        self,
        model: Field,
        task: PointTask,
        observation: Observation,
        *,
        batch: int | str,
        points_at_once: int,
        whole: bool,
        device: torch.device,
        stream: torch.Generator,
    ):
        self.model, self.task, self.seen = model, task, observation.seen
        self.predict = predictor(model)
        self.at_once = points_at_once
        self.stream = stream
        self.limits = observation.limits
        self.whole = whole and batch == "all"
        values = torch.as_tensor(observation.values, device=device)
        mask = observation.mask
        self.mask = None if mask is None else torch.as_tensor(mask, device=device)
        self.values = values
        self.count = values.numel() if mask is None else int(mask.sum()) * values.shape[-1]
        if not self.whole:
            points = self.seen.points(device)
            shown = slice(None) if self.mask is None else self.mask.reshape(-1)
            self.points = points[shown]
            self.target = values.reshape(len(points), -1)[shown]
            number = len(self.points)
            self.batch = number if batch == "all" else min(int(batch), number)
            self._pass: torch.Tensor | None = None

    def backward(self) -> float:
        """Add one step's gradient to the parameters; the loss, without the penalty."""
        total = torch.zeros((), device=self.values.device)
        count = self.count if self.whole else self.batch * self.target.shape[-1]
        for predictions, target in self._parts(None if self.whole else self._choose()):
            # A model of several outputs has the mean of their losses.
            losses = [(predicted - target).square().sum() for predicted in predictions]
            loss = torch.stack(losses).mean() / count if len(losses) > 1 else losses[0] / count
            loss.backward()
            total += loss.detach()
        penalty = self.model.penalty()
        if penalty is not None:
            penalty.backward()
        return total.item()

    @torch.no_grad()
    def error(self) -> float:
        """The mean square error over all that was shown, values clamped to the signal's limits."""
        total = torch.zeros((), dtype=torch.float64, device=self.values.device)
        for predictions, target in self._parts(None):
            total += (predictions[-1].clamp(*self.limits) - target).double().square().sum()
        return total.item() / self.count

    def state(self) -> dict[str, torch.Tensor]:
        """What a checkpoint must keep of the order of points."""
        order = {} if self.whole or self._pass is None else {"pass": self._pass}
        return {"stream": self.stream.get_state(), **order}

    def restore(self, state: dict[str, torch.Tensor]) -> None:
        self.stream.set_state(state["stream"])
        if "pass" in state:
            self._pass = state["pass"]

    def _parts(
        self, chosen: torch.Tensor | None
    ) -> Iterator[tuple[list[torch.Tensor], torch.Tensor]]:
        """A model's predictions and what they should be, part by part."""
        if self.whole:
            for rows in slabs(self.model, self.seen, self.at_once):
                field = self.task.predict(self.model.on_lattice(self.seen, rows))
                shown = slice(None) if self.mask is None else self.mask[rows]
                yield [field[shown]], self.values[rows][shown]
            return
        number = len(self.points) if chosen is None else len(chosen)
        for first in range(0, number, self.at_once):
            part = slice(first, first + self.at_once)
            picked = part if chosen is None else chosen[part]
            yield self.predict(self.points[picked]), self.target[picked]

    def _choose(self) -> torch.Tensor | None:
        """The rows of this step's points; None for all, in order."""
        if self.batch == len(self.points):
            return None
        if self._pass is None or len(self._pass) == 0:
            order = torch.randperm(len(self.points), generator=self.stream)
            self._pass = order.to(self.points.device)
        chosen, self._pass = self._pass[: self.batch], self._pass[self.batch :]
        return chosen
