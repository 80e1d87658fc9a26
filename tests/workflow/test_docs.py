"""What the project says of itself: pages build and hold together, and what they name exists."""

import itertools
import re
import shlex
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from helpers.runs import BIN, PROJECT, surroundings

from fieldbench.files import listing
from fieldbench.plan.config import presets, reference
from fieldbench.plan.config.reading import read_yaml
from fieldbench.plan.entries import registry
from fieldbench.plan.jobs.run import Run

README = PROJECT / "README.md"
PAGES = sorted((PROJECT / "docs").glob("*.md"))
TEXTS = [README, PROJECT / "CONTRIBUTING.md", PROJECT / "config/README.md", *PAGES]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
PATH = re.compile(r"(?:workflow|config|envs|docs|tests|profiles|slurm|rules)/[\w./-]*")
OWN = {"my.yaml", "NAME", "name", "..."}  # what a reader has to put in
GENERATED = {"catalogue.md", "reference.md"}


def name_of(path):
    return str(path.relative_to(PROJECT))


def blocks(text: str, language: str) -> list[str]:
    return [body for found, body in FENCE.findall(text) if found == language]


class Loaded(HTMLParser):
    """What a browser fetches by itself to show a page."""

    def __init__(self):
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag in ("script", "img", "iframe", "source", "link"):
            self.addresses += [told[k] for k in ("src", "href") if told.get(k)]


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The documentation, built as `make docs` builds it."""
    to = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", to],
        cwd=PROJECT,
        env=surroundings() | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return to


def test_every_page_is_built_and_loads_nothing_from_elsewhere(site):
    pages = {page.stem for page in site.glob("*.html")}
    assert {page.stem for page in PAGES} <= pages
    for page in site.rglob("*.html"):
        loaded = Loaded()
        loaded.feed(page.read_text(encoding="utf-8"))
        assert [a for a in loaded.addresses if re.match(r"(\w+:)?//", a)] == [], page.name
    fonts = [s.name for s in site.rglob("*.css") if re.search(r"url\(['\"]?https?:", s.read_text())]
    assert fonts == []


def test_the_catalogue_shows_every_entry(site):
    page = (site / "catalogue.html").read_text(encoding="utf-8")
    listed = {kind: registry.names(kind) for kind in ("signals", "tasks", "models", "metrics")}
    missing = [n for names in listed.values() for n in names if f"<code>{n}</code>" not in page]
    assert missing == []
    trained = [m for m in listed["models"] if not registry.declare("models", m).facts.control]
    assert {p.stem for p in site.glob("catalogue/models/*.png")} == set(trained)
    assert list(site.glob("catalogue/signals/*.png"))


def test_readme_is_short():
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120 and len(text.split()) <= 900


@pytest.mark.parametrize("page", TEXTS, ids=name_of)
def test_what_a_page_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    links = [link for link in LINK.findall(text) if not re.match(r"\w+:", link)]
    links = [link for link in links if not (page in PAGES and link in GENERATED)]
    assert [link for link in links if not (page.parent / link).exists()] == []
    named = [p for code in INLINE.findall(text) for p in PATH.findall(code)]
    named = [p.rstrip(".") for p in named if "mymodel" not in p]
    assert [p for p in named if not (PROJECT / p).exists()] == []


def commands(text: str) -> list[list[str]]:
    """Every command of a page, in words: from fences without a language, and inside sentences."""
    lines = [line for body in blocks(text, "") for line in body.splitlines()]
    lines += INLINE.findall(re.sub(FENCE, "", text))
    parts = [part.strip() for line in lines for part in line.split("&&")]
    return [shlex.split(p) for p in parts if re.match(r"(make|snakemake|python)\b", p)]


MADE = re.findall(r"^([a-z%-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
TARGETS = re.compile("|".join(target.replace("%", "[a-z]+") for target in MADE))
RULES = {
    rule
    for file in [PROJECT / "Snakefile", *(PROJECT / "rules").glob("*.smk")]
    for rule in re.findall(r"^rule (\w+):", file.read_text(), re.MULTILINE)
}
STUDIES = {
    study
    for file in (PROJECT / "config/presets").glob("*.yaml")
    for study in read_yaml(file)["studies"]
}
VALUED = {"--cores", "--config", "--profile", "-n"}


def unknown(words: list[str]) -> list[str]:
    """What a command names that is not there."""
    program, *rest = words
    settings = dict(word.split("=", 1) for word in rest if "=" in word)
    preset = settings.get("preset", settings.get("PRESET", "quick"))
    wrong = [] if preset in {*presets.preset_names(), *OWN} else [preset]
    if program == "make":
        return wrong + [w for w in rest if "=" not in w and not TARGETS.fullmatch(w)]
    if program == "python":
        return [w for w in rest if w.endswith(".py") and not (PROJECT / w).is_file()]
    for option, value in itertools.pairwise(rest):
        if option == "--profile" and value != "mysite":
            wrong += [] if (PROJECT / value / "config.yaml").is_file() else [value]
    wrong += _taken_for_settings(rest)
    plain = [
        word
        for before, word in zip([program, *rest], rest, strict=False)
        if not word.startswith("-") and "=" not in word and before not in VALUED - {"-n"}
    ]
    return wrong + [w for w in plain if w not in RULES | STUDIES and not w.startswith("results/")]


def _taken_for_settings(words: list[str]) -> list[str]:
    """Targets that Snakemake would read as settings, for want of `--` before them."""
    after = words[words.index("--config") + 1 :] if "--config" in words else []
    settings = itertools.takewhile(lambda word: not word.startswith("-"), after)
    return [word for word in settings if "=" not in word]


@pytest.mark.parametrize("page", TEXTS, ids=name_of)
def test_every_command_of_a_page_can_be_given(page):
    found = commands(page.read_text(encoding="utf-8"))
    assert {" ".join(words): unknown(words) for words in found if unknown(words)} == {}


def test_a_command_that_is_not_there_is_found():
    assert unknown(["make", "runn"]) == ["runn"]
    assert unknown(shlex.split("snakemake --cores all --config preset=papre -- dragn")) == [
        "papre",
        "dragn",
    ]
    assert unknown(shlex.split("snakemake --config preset=paper dragon")) == ["dragon"]


ROWS = re.findall(r"^\| `([\w-]+)` \|.*$", README.read_text(), re.MULTILINE)


def test_the_table_of_presets_lists_all_and_is_the_same_twice():
    assert set(ROWS) == set(presets.preset_names())
    lines = [line for line in README.read_text().splitlines() if line.startswith("| `")]
    page = (PROJECT / "docs/presets.md").read_text().splitlines()
    assert [line for line in lines if line not in page] == []


@pytest.mark.parametrize("name", ROWS)
def test_the_table_of_presets_counts_fits_as_the_plan_does(name):
    (line,) = [x for x in README.read_text().splitlines() if x.startswith(f"| `{name}` |")]
    told = int(line.split("|")[3].replace(",", ""))
    assert told == sum(cell.budget > 0 for cell in Run({"preset": name}, checks=False).cells.fits)


@pytest.mark.parametrize("page", [README, *PAGES], ids=name_of)
def test_a_preset_on_a_page_is_one(page, tmp_path):
    text = page.read_text(encoding="utf-8")
    whole = [b for b in blocks(text, "yaml") if {"signals", "studies"} <= set(yaml.safe_load(b))]
    for number, block in enumerate(whole):
        file = tmp_path / f"shown-{number}.yaml"
        file.write_text(block)
        presets.read_preset(file)
    assert whole or page.name not in ("README.md", "own-data.md", "own-preset.md")


def test_the_formats_are_those_that_are_read():
    page = (PROJECT / "docs/own-data.md").read_text(encoding="utf-8")
    assert page == listing.in_page(page), "docs/own-data.md is stale: run `make pages`"


def test_the_reference_is_what_the_models_say():
    written = (PROJECT / "docs/reference.md").read_text(encoding="utf-8")
    assert written == reference.to_markdown(), "run `make pages`"


def test_the_example_in_python_runs_from_another_folder(tmp_path):
    (example,) = blocks((PROJECT / "docs/python.md").read_text(encoding="utf-8"), "python")
    env = surroundings() | {"PYTHONPATH": str(PROJECT / "workflow")}
    done = subprocess.run(
        [BIN / "python", "-c", example], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"^grid +\d+\.\d dB with \d+ parameters$", done.stdout, re.MULTILINE)
    assert list(tmp_path.iterdir()) == []
