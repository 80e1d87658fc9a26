"""Upscale: the fits of `represent`, asked for the signal at a finer resolution than they saw.

INR-benchmark's super-resolution: the weights trained on the photograph reduced by four, or on the
dragon at the coarser pitch, are evaluated on the finer lattice and compared with the finer signal.
Nothing is trained for it.

`alignment: corner` is the paper's: both lattices begin at -1, so on photographs, which were
reduced about the centres of pixels, every model is compared with a picture 1.5 fine pixels off.
`alignment: centre` puts the fine samples where they are, as both lattices cover the same ground.
That is worth several dB, so numbers of the two must never be compared.
"""

from fieldbench.lattice import Lattice
from fieldbench.plan.errors import UserError


class Task:
    of = "represent"

    def __init__(
        self,
        *,
        alignment: str = "corner",  # INR-benchmark; or centre
    ):
        if alignment not in ("corner", "centre"):
            raise UserError(f"upscale: alignment is '{alignment}'.", "Choose corner or centre.")
        self.alignment = alignment

    def target(self, seen: tuple[int, ...], finer: tuple[int, ...]) -> Lattice:
        """Where the samples of the finer signal lie for a model trained on the coarser one."""
        if self.alignment == "corner":
            return Lattice(finer)
        # Sample i of the coarse lattice, in the middle of its cell, was trained half a cell lower.
        return Lattice(
            finer, shift=tuple((1 - f / s) / 2 for s, f in zip(seen, finer, strict=True))
        )
