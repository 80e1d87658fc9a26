"""What a step minimises when a task asks a model for more than its values."""

import torch

from fieldbench.models._field import Field, predictor
from fieldbench.results.observation import Observation
from fieldbench.tasks._task import Draw, FunctionTask


class ModelFunction:
    """A model as a function of points, which may be anywhere; values are where the model is.

    Where a task differentiates it in points it is computed by a way that autograd can go back as
    often as the model is smooth; otherwise by the fastest.
    """

    def __init__(self, model: Field, derivatives: int):
        self.device = next(model.parameters()).device
        self.predict = model.predictions if derivatives else predictor(model)
        self.jets = self._jets if model.jets else None
        self.model = model

    def __call__(self, points: torch.Tensor) -> torch.Tensor:
        return self.predict(points.to(self.device))[-1]

    def _jets(self, points: torch.Tensor, order: int) -> torch.Tensor:
        assert self.model.jets is not None  # `jets` is None where the model has none
        return self.model.jets(points.to(self.device), order)


class FunctionObjective:
    """The loss of one model in a task that knows it as a function only."""

    peak = 1.0  # errors are relative to what was shown

    def __init__(
        self,
        model: Field,
        task: FunctionTask,
        observation: Observation,
        *,
        batch: int | str,
        points_at_once: int,
        device: torch.device,
        stream: torch.Generator,
    ):
        self.model, self.task = model, task
        self.function = ModelFunction(model, task.derivatives)
        self.given = task.prepare(observation, device)
        self.draw = Draw(None if batch == "all" else int(batch), points_at_once, stream)

    def backward(self) -> float:
        """Add one step's gradient to the parameters; the loss, without the penalty."""
        total: float | torch.Tensor = 0.0
        for loss in self.task.losses(self.function, self.given, self.draw):
            loss.backward()
            total = total + loss.detach()
        penalty = self.model.penalty()
        if penalty is not None:
            penalty.backward()
        return float(total)

    def error(self) -> float:
        """The task's own measure of what was shown and is not met."""
        return self.task.error(self.function, self.given, self.draw.at_once)

    def state(self) -> dict[str, torch.Tensor]:
        """What a checkpoint must keep of what is drawn."""
        return {"stream": self.draw.stream.get_state()}

    def restore(self, state: dict[str, torch.Tensor]) -> None:
        self.draw.stream.set_state(state["stream"])
