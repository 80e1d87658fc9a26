"""Galleries of made-up pictures, and what is read off them."""

from fieldbench.figures import gallery
from helpers import samples
from helpers.samples import PSNR, SSIM

LOOK = samples.styles()


def draw(
    truth, models=("siren", "grid"), observed=None, mask=None, scores=None, angles=None,
    title="A title", **made,
):  # fmt: skip
    images = samples.reconstructions(truth, list(models)) | made
    scores = {m: {"psnr": 30.0, "ssim": 0.9} for m in images} if scores is None else scores
    return gallery.draw(truth, observed, images, scores, [PSNR, SSIM], LOOK, title, mask, angles)


def words(drawn):
    return [text.get_text() for text in drawn.texts]


def pictures(drawn):
    return [axes for axes in drawn.axes if axes.images]
