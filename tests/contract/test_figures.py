"""What every kind of figure owes: a declaration that tells the truth, and a page to be read."""

import ast
import string
from functools import cache
from pathlib import Path

import pytest
from helpers import drawn_texts, givens

from fieldbench.figures.parts.style import DOUBLE, save
from fieldbench.plan.entries import registry

NAMES = registry.names("figures")
WIDEST, TALLEST = DOUBLE + 0.01, 9.01  # inches of a page
SCOPES = ("study", "overview", "kernels", "throughput")


def declared(kind):
    return registry.declare("figures", kind)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Draw a kind as named, and again from tables in another order; each is drawn once."""

    @cache
    def draw(kind, number=0):
        entry, own = declared(kind), givens.names(declared(kind))[number]
        given = givens.given(entry, own, tmp_path_factory.mktemp(kind))
        figure = registry.load("figures", kind)()
        return figure.draw(given), figure.draw(givens.shuffled(given))

    return draw


@pytest.mark.parametrize("kind", NAMES)
def test_it_declares_all_facts(kind):
    facts = declared(kind).facts
    assert not Path(facts.path).suffix and facts.category
    assert facts.caption.endswith(".") and "  " not in facts.caption
    assert bool(facts.reads) != bool(facts.pictures)
    assert facts.scope in SCOPES
    assert set(facts.needs) <= set(givens.PLAN)
    assert registry.load("figures", kind).__doc__.startswith("Draws ")


def test_no_two_kinds_are_one_file():
    paths = [declared(kind).facts.path for kind in NAMES]
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize("kind", NAMES)
def test_the_names_that_are_wanted_are_those_of_its_path(kind):
    entry = declared(kind)
    braces = {name for _, name, *_ in string.Formatter().parse(entry.facts.path) if name}
    if entry.facts.scope != "study":
        assert "wanted" not in entry.functions and braces <= {"place"}
        return
    wanted = entry.functions["wanted"]
    found = [own for composed in (False, True) for own in wanted(givens.study(composed))]
    assert found and all(set(own) == braces for own in found)
    assert all(isinstance(value, str) for own in found for value in own.values())
    files = [entry.facts.path.format(**own) for own in wanted(givens.study())]
    assert len(set(files)) == len(files)
    assert all(set(own) == braces for own in wanted(givens.bare()))


@pytest.mark.parametrize("kind", NAMES)
def test_no_kind_imports_another(kind):
    for node in ast.walk(ast.parse(registry.file_of("figures", kind).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.module != "fieldbench.figures", f"{kind} imports another kind"
            assert not (node.module or "").startswith(("fieldbench.tables", "fieldbench.exports"))


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("suffix", ["pdf", "png"])
def test_the_same_numbers_give_the_same_bytes_in_any_order(kind, suffix, made, tmp_path):
    files = [tmp_path / f"{k}.{suffix}" for k in (1, 2)]
    for drawing, file in zip(made(kind), files, strict=True):
        save(drawing, file, givens.STAMP)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].stat().st_size > 3000


@pytest.mark.parametrize(
    ("kind", "number"),
    [(kind, k) for kind in NAMES for k in range(len(givens.names(declared(kind))))],
)
def test_all_words_are_on_the_page_and_none_lie_on_each_other(kind, number, made, monkeypatch):
    drawing, _ = made(kind, number)
    width, height = drawing.get_size_inches()
    assert width <= WIDEST and height <= TALLEST
    texts = drawn_texts.drawn(drawing, monkeypatch)
    assert texts
    assert drawn_texts.outside(drawing, texts) == []
    assert drawn_texts.overlapping(texts) == []
