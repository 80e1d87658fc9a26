"""Tables and figures say where they come from, the same for the same inputs."""

import re

import pytest
from helpers import samples
from PIL import Image

from fieldbench.figures.parts import stamp, style
from fieldbench.tables import scores_by_model
from fieldbench.tables.parts import footer
from fieldbench.tables.parts.means import summarise

STAMP = {
    "preset": "tiny", "study": "synthetic_2d", "fits": 26,
    "code": "0123456789abcdef", "fit_code": "fedcba9876543210", "results": "0011223344556677",
    "processor": "x86_64 GenuineIntel 6-207 AVX-512 [98d4808a]",
}  # fmt: skip


def summary():
    rows = samples.scores(samples.MODELS[:2], labels=[5], seeds=2)
    return summarise(rows, [samples.PSNR])


def test_a_stamp_is_short_and_tells_all():
    text = stamp.text(STAMP)
    assert "preset tiny, study synthetic_2d, 26 fits" in text
    assert all(STAMP[key] in text for key in ("code", "fit_code", "results", "processor"))
    assert re.search(r"Python 3\.\d+\.\d+, numpy \d.*, pandas \d.*, matplotlib \d", text)
    assert len(text) < 320 and "\n" not in text
    assert "1 fit;" in stamp.text({**STAMP, "fits": 1})
    assert "12,016 fits" in stamp.text({**STAMP, "fits": 12016})


def test_markdown_ends_with_it():
    page = scores_by_model.to_markdown(summary(), samples.PSNR, samples.styles())
    stamped = footer.below_markdown(page, STAMP)
    assert stamped == f"{page}\n<sub>{stamp.text(STAMP)}</sub>\n"


def test_latex_has_it_inside_the_last_table_with_what_latex_would_misread_escaped():
    page = scores_by_model.to_latex(summary(), samples.PSNR, samples.styles())
    stamped = footer.below_latex(page + page, STAMP)
    assert stamped.count("synthetic\\_2d") == 1
    assert stamped.startswith(page)
    assert stamped.rstrip().endswith(r"\end{table}")
    assert stamped.index("fieldbench:") > stamped.rindex(r"\end{tabular}")


@pytest.mark.parametrize("suffix", [".pdf", ".png", ".svg"])
def test_a_figure_has_it_and_no_date(tmp_path, suffix):
    files = [tmp_path / f"{name}{suffix}" for name in ("one", "two", "bare", "other")]
    for file, said in zip(files, (STAMP, STAMP, None, {**STAMP, "fits": 27}), strict=True):
        drawn = style.figure(2, 1)
        drawn.text(0.5, 0.5, "word")
        style.save(drawn, file, said)
    one, two, bare, other = (file.read_bytes() for file in files)
    assert one == two and len({one, bare, other}) == 3
    assert stamp.text(STAMP).encode() in one and b"fieldbench: preset" not in bare
    for date in (b"CreationDate", b"ModDate", b"dc:date", b"matplotlib.org"):
        assert date not in one
    if suffix == ".png":
        with Image.open(files[0]) as image:
            assert image.info["Description"] == stamp.text(STAMP)
