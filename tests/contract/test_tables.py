"""What every kind of table owes: a declaration that tells the truth, and text that reads back."""

import ast
import io
import re
import string
from pathlib import Path

import pandas as pd
import pytest
from helpers import givens

from fieldbench.plan.entries import registry
from fieldbench.tables.parts import footer

NAMES = registry.names("tables")
SCOPES = ("study", "overview", "kernels", "throughput")
SUFFIXES = ("csv", "md", "tex")


def declared(kind):
    return registry.declare("tables", kind)


EACH = [(kind, k) for kind in NAMES for k in range(len(givens.names(declared(kind))))]


def written(kind, number, folder, shuffle=False):
    """The text of one table, and what its file is called."""
    entry, own = declared(kind), givens.names(declared(kind))[number]
    given = givens.given(entry, own, folder)
    given = givens.shuffled(given) if shuffle else given
    path = entry.facts.path.format(**own)
    return registry.load("tables", kind)().write(given), path


@pytest.mark.parametrize("kind", NAMES)
def test_it_declares_all_facts(kind):
    facts = declared(kind).facts
    assert facts.category and facts.reads
    assert facts.caption.endswith(".") and "  " not in facts.caption
    assert facts.scope in SCOPES
    assert set(facts.needs) <= set(givens.PLAN)
    assert facts.suffixes and set(facts.suffixes) <= set(SUFFIXES)
    fixed = Path(facts.path).suffix
    assert fixed == ".{suffix}" or facts.suffixes == (fixed[1:],)
    assert registry.load("tables", kind).__doc__.startswith("Writes ")


def test_no_two_kinds_are_one_file():
    paths = [f for kind in NAMES for f in {written_to(kind, s) for s in SUFFIXES}]
    assert len(set(paths)) == len(paths)


def written_to(kind, suffix):
    return declared(kind).facts.path.replace("{suffix}", suffix)


@pytest.mark.parametrize("kind", NAMES)
def test_the_names_that_are_wanted_are_those_of_its_path(kind):
    entry = declared(kind)
    braces = {name for _, name, *_ in string.Formatter().parse(entry.facts.path) if name}
    braces -= {"suffix"}
    if entry.facts.scope != "study":
        assert "wanted" not in entry.functions and not braces
        return
    wanted = entry.functions["wanted"]
    found = [own for composed in (False, True) for own in wanted(givens.study(composed))]
    assert found and all(set(own) == braces for own in found)
    assert all(set(own) == braces for own in wanted(givens.bare()))


@pytest.mark.parametrize("kind", NAMES)
def test_no_kind_imports_another(kind):
    others = ("fieldbench.figures", "fieldbench.tables", "fieldbench.exports")
    for node in ast.walk(ast.parse(registry.file_of("tables", kind).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(others):
            assert node.module.split(".")[2:3] == ["parts"], f"{kind} imports {node.module}"


@pytest.mark.parametrize(("kind", "number"), EACH)
def test_the_same_numbers_give_the_same_text_in_any_order(kind, number, tmp_path):
    text, _ = written(kind, number, tmp_path)
    assert text == written(kind, number, tmp_path)[0]
    if declared(kind).facts.scope != "throughput":  # which tells places as they were asked
        assert text == written(kind, number, tmp_path, shuffle=True)[0]


@pytest.mark.parametrize(("kind", "number"), EACH)
def test_it_reads_back(kind, number, tmp_path):
    text, path = written(kind, number, tmp_path)
    CHECKS[Path(path).suffix](text)
    footer.save(text, str(tmp_path / "table"), givens.STAMP)
    assert (tmp_path / "table").read_text("utf-8") == text


def csv_parses(text):
    rows = pd.read_csv(io.StringIO(text))
    assert len(rows) and not any(name.startswith("Unnamed") for name in rows.columns)


def markdown_lines_up(text):
    """Each table has one number of cells a line."""
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert tables
    for table in tables:
        lines = table.replace(r"\|", "").splitlines()
        assert len(lines) > 2 and len({line.count("|") for line in lines}) == 1


def latex_is_balanced(text):
    """Braces close, environments nest, and lines of a table have as many cells as its columns."""
    plain = re.sub(r"\\[{}]", "", text)
    assert plain.count("{") == plain.count("}") > 0
    open_ones = []
    for what, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if what == "begin":
            open_ones.append(name)
        else:
            assert open_ones.pop() == name
    assert open_ones == []
    for sign in "&%#_":
        assert not re.search(rf"[A-Za-z0-9]{sign}[A-Za-z]", re.sub(r"\\label\{.*?\}", "", text))


CHECKS = {".csv": csv_parses, ".md": markdown_lines_up, ".tex": latex_is_balanced}
