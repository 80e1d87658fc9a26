"""What a step minimises: the mean square error in the observed domain, and its gradient.

Three ways to the same sum. A structured model on a whole lattice is evaluated at once. Everything
else is evaluated in parts of `points_at_once` points whose gradients add up, which bounds memory
and keeps a part's activations in the processor's cache. A mini-batch is such a part of a
permutation that is drawn anew for every pass.
"""

import torch

from fieldbench.models._field import Field
from fieldbench.observation import Observation
from fieldbench.tasks._task import PointTask


class Objective:
    """The loss of one model on one observation."""

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
        self.at_once = points_at_once
        self.stream = stream
        self.whole = whole and batch == "all"
        values = torch.as_tensor(observation.values, device=device)
        mask = observation.mask
        self.mask = None if mask is None else torch.as_tensor(mask, device=device)
        self.target = values if self.mask is None else values[self.mask]
        if not self.whole:
            points = self.seen.points(device)
            self.points = points if self.mask is None else points[self.mask.reshape(-1)]
            self.target = self.target.reshape(len(self.points), -1)
            self.batch = len(self.points) if batch == "all" else min(batch, len(self.points))
            self._pass: torch.Tensor | None = None

    def backward(self) -> float:
        """Add one step's gradient to the parameters; the loss, without the penalty."""
        loss = self._whole_loss() if self.whole else self._loss_in_parts()
        penalty = self.model.penalty()
        if penalty is not None:
            penalty.backward()
        return loss

    @torch.no_grad()
    def error(self) -> float:
        """The mean square error over all that was shown, values clamped to [0, 1]."""
        if self.whole:
            return _square(self._prediction().clamp(0, 1), self.target).item()
        total = torch.zeros((), dtype=torch.float64, device=self.target.device)
        for part in range(0, len(self.points), self.at_once):
            rows = slice(part, part + self.at_once)
            predicted = self.model(self.points[rows]).clamp(0, 1)
            total += (predicted - self.target[rows]).double().square().sum()
        return total.item() / self.target.numel()

    def state(self) -> dict[str, torch.Tensor]:
        """What a checkpoint must keep of the order of points."""
        order = {} if self.whole or self._pass is None else {"pass": self._pass}
        return {"stream": self.stream.get_state(), **order}

    def restore(self, state: dict[str, torch.Tensor]) -> None:
        self.stream.set_state(state["stream"])
        if "pass" in state:
            self._pass = state["pass"]

    def _prediction(self) -> torch.Tensor:
        predicted = self.task.predict(self.model.on_lattice(self.seen))
        return predicted if self.mask is None else predicted[self.mask]

    def _whole_loss(self) -> float:
        loss = _square(self._prediction(), self.target)
        loss.backward()
        return loss.item()

    def _loss_in_parts(self) -> float:
        chosen = self._choose()
        count = (len(self.points) if chosen is None else len(chosen)) * self.target.shape[-1]
        total = torch.zeros((), device=self.target.device)
        for part in range(0, count // self.target.shape[-1], self.at_once):
            rows = slice(part, part + self.at_once)
            rows = rows if chosen is None else chosen[rows]
            loss = (self.model(self.points[rows]) - self.target[rows]).square().sum() / count
            loss.backward()
            total += loss.detach()
        return total.item()

    def _choose(self) -> torch.Tensor | None:
        """The rows of this step's points; None for all, in order."""
        if self.batch == len(self.points):
            return None
        if self._pass is None or len(self._pass) == 0:
            order = torch.randperm(len(self.points), generator=self.stream)
            self._pass = order.to(self.points.device)
        chosen, self._pass = self._pass[: self.batch], self._pass[self.batch :]
        return chosen


def _square(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return (predicted - target).square().mean()
