"""A gallery of sounds: of each the waveform, a zoom of it, the spectrogram and the error."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fieldbench.figures.parts import style as look
from fieldbench.figures.parts import tiles
from fieldbench.figures.parts.gallery_data import Shown
from fieldbench.figures.parts.strips import Strips
from fieldbench.figures.parts.style import Style
from fieldbench.figures.parts.waves import TRUTH, thinned

HIGHEST = 0.62  # inches: a row
SHARES = (1.25, 1.0, 1.15, 1.0)
FRAME, FEWEST = 1024, 16  # samples of a spectrogram's frame
DEPTH = 80.0  # dB that a spectrogram shows
COLOURS = "magma"
WINDOW = "#d55e00"


def draw(shown: Shown, style: Style, sort: Mapping[str, Any]) -> Figure:
    """Draw a sound's gallery; see `gallery.draw`. `sort` tells its rate, in samples a second."""
    rows: list[tuple[str, Sequence[str], np.ndarray | None, str]] = [
        ("Truth", (), shown.truth, TRUTH)
    ]
    if shown.observed is not None and shown.observed.shape == shown.truth.shape:
        rows.append(("Observed", (), np.ma.filled(shown.observed, np.nan), look.INK))
    for model, tile in shown.tiles.items():
        own = style.model(model)
        rows.append((own.name, tile.scores, tile.values, own.colour))
    sheet = Strips.waves(len(rows), SHARES, shown.title, HIGHEST)
    drawn = sheet.figure()
    sheet.heads(drawn, ("waveform", "zoom on what is marked", "spectrogram", "absolute error"))
    first = len(rows) - len(shown.tiles)
    seconds = np.arange(len(shown.truth)) / sort["rate"]
    views = _Views(shown, seconds, sort["rate"])
    for row, (name, scores, values, colour) in enumerate(rows):
        sheet.name(drawn, row, name, scores)
        if values is None:
            status = list(shown.tiles.values())[row - first].status
            tiles.failed(tiles.empty(drawn, sheet.place(row, 0)), status)
            continue
        axes = [sheet.axes(drawn, row, column) for column in range(3 + (row >= first))]
        views.wave(axes[0], values, colour, whole=True)
        views.wave(axes[1], values, colour, whole=False)
        views.spectrum(axes[2], values)
        if row >= first:
            model = list(shown.tiles)[row - first]
            views.error(axes[3], shown.error(model), colour)
        _ticks(axes, last=row == len(rows) - 1)
    left, top, width, height = sheet.place(0, 3)
    bar = look.axes_at(drawn, left + 0.08, top + height / 2 - 0.05, width - 0.16, 0.09)
    _scale(drawn, bar)
    return drawn


class _Views:
    """The ways in which each row is seen, on the same scales in all rows."""

    def __init__(self, shown: Shown, seconds: np.ndarray, rate: float):
        self.shown, self.seconds, self.rate = shown, seconds, rate
        (self.window,) = shown.window
        low, high = shown.limits
        self.limits = low - 0.05 * (high - low), high + 0.05 * (high - low)
        self.top = _levels(shown.truth[:, 0]).max()

    def wave(self, axes: Axes, values: np.ndarray, colour: str, whole: bool) -> None:
        part = slice(None) if whole else self.window
        time = self.seconds[part]
        if values is not self.shown.truth and not whole:
            axes.plot(*thinned(time, self.shown.truth[part, 0]), color=TRUTH, lw=2)
        axes.plot(*thinned(time, values[part, 0]), color=colour, lw=0.4 if whole else 0.8)
        if whole:
            span = self.seconds[self.window.start], self.seconds[self.window.stop - 1]
            axes.axvspan(*span, fc=f"{WINDOW}26", ec=WINDOW, lw=0.6, zorder=3)
        axes.set(xlim=(time[0], time[-1]), ylim=self.limits)
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.yaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 5, 10]))

    def spectrum(self, axes: Axes, values: np.ndarray) -> None:
        """Levels in dB of the truth's strongest; seconds across, kHz up."""
        found = _levels(np.nan_to_num(values[:, 0])) - self.top
        place = (0, len(self.seconds) / self.rate, 0, self.rate / 2000)
        norm = Normalize(-DEPTH, 0)
        axes.imshow(found.T, origin="lower", aspect="auto", extent=place, cmap=COLOURS, norm=norm)
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.yaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 5, 10], prune="upper"))
        axes.set_ylabel("kHz", size=look.SMALL)

    def error(self, axes: Axes, error: np.ndarray, colour: str) -> None:
        axes.plot(*thinned(self.seconds, error), color=colour, lw=0.4)
        axes.set(xlim=(self.seconds[0], self.seconds[-1]), ylim=(0, 1.1 * self.shown.worst))
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.yaxis.set_major_locator(MaxNLocator(2))


def _levels(sound: np.ndarray) -> np.ndarray:
    """Power in dB, (frames, frequencies), of overlapping frames under a Hann window."""
    length = max(FEWEST, min(FRAME, 2 ** int(np.log2(max(len(sound) / 16, 1)))))
    filled = np.pad(sound.astype(np.float64), (length // 2, length // 2))
    frames = np.lib.stride_tricks.sliding_window_view(filled, length)[:: length // 4]
    power = np.abs(np.fft.rfft(frames * np.hanning(length + 1)[:-1])) ** 2
    return 10 * np.log10(power + 1e-12)


def _ticks(axes: list[Axes], last: bool) -> None:
    for one in axes:
        one.tick_params(labelsize=look.NUMBERS, pad=1, length=1.5)
        if last:
            one.set_xlabel("seconds", size=look.SMALL, labelpad=1)
        else:
            one.set_xticklabels([])


def _scale(drawn: Figure, axes: Axes) -> None:
    """The colours of the spectrograms, where the truth has no error."""
    filled = ScalarMappable(Normalize(-DEPTH, 0), COLOURS)
    bar = drawn.colorbar(filled, cax=axes, orientation="horizontal", extend="min", extendfrac=0.08)
    bar.locator = MaxNLocator(2)
    bar.outline.set_linewidth(0.6)
    axes.tick_params(labelsize=look.NUMBERS)
    axes.set_title("spectrogram, dB", size=look.SMALL)
