"""Where the words of a figure end up: all that is drawn, and nothing that is not."""

import io

from matplotlib.text import Text

APART = 0.5, 2.5  # pixels across and down, by which the lines of one caption may touch


def drawn(figure, monkeypatch):
    """Each text of a figure, as it was drawn, and its box in pixels."""
    found, draw = [], Text.draw

    def noted(self, renderer, *args, **more):
        draw(self, renderer, *args, **more)
        if self.get_visible() and self.get_text().strip():
            found.append(self)

    monkeypatch.setattr(Text, "draw", noted)
    figure.savefig(io.BytesIO(), format="png", dpi=figure.dpi)
    monkeypatch.setattr(Text, "draw", draw)
    renderer = figure.canvas.get_renderer()
    return [(text, text.get_window_extent(renderer)) for text in dict.fromkeys(found)]


def outside(figure, texts):
    """The words that leave the page."""
    width, height = figure.get_size_inches() * figure.dpi
    return [
        text.get_text()
        for text, box in texts
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]


def overlapping(texts):
    """Pairs of words that lie on each other; turned ones are left out, whose boxes are larger."""
    level = [(text, box) for text, box in texts if text.get_rotation() % 90 == 0]
    return [
        (text.get_text(), other.get_text())
        for k, (text, box) in enumerate(level)
        for other, own in level[:k]
        if min(box.x1, own.x1) - max(box.x0, own.x0) > APART[0]
        and min(box.y1, own.y1) - max(box.y0, own.y0) > APART[1]
    ]
