"""The page that says how to add an entry is what the typed facts say."""

from fieldbench.plan.entries import extending, registry
from fieldbench.plan.entries.kinds import KINDS, names


def test_the_page_is_what_the_facts_say():
    page = registry.LIBRARY.parent.parent / "docs/extend.md"
    kept = page.read_text(encoding="utf-8")
    assert kept == extending.to_markdown(), "docs/extend.md is stale: run `make pages`"


def test_every_kind_has_its_facts_and_functions_on_the_page():
    sections = extending.to_markdown().split("\n## ")[1:]
    assert len(sections) == len(registry.CLASSES)
    for kind, section in zip(registry.CLASSES, sections, strict=True):
        words = [*names(kind), *KINDS[kind].functions, *registry.GIVEN.get(kind, ())]
        assert all(f"`{word}`" in section for word in words)
