"""What Snakemake looks up anew for every job, and looks up once when it is patched."""

import inspect

import pytest
from runtime import snakemake_patches
from snakemake import exceptions, sourcecache
from snakemake.common import get_function_params
from snakemake.resources import Resource

from fieldbench.plan.jobs.lookups import once


@pytest.fixture
def inspections(monkeypatch):
    """The functions whose parameters have been looked up."""
    found, own = [], inspect.signature
    monkeypatch.setattr(
        inspect, "signature", lambda function: found.append(function) or own(function)
    )
    return found


def test_a_scripts_address_is_taken_apart_once(monkeypatch):
    own = sourcecache.parse_uri
    monkeypatch.setattr(sourcecache, "parse_uri", getattr(own, "__wrapped__", own))
    first, second = sourcecache.parse_uri("a/b.py"), sourcecache.parse_uri("a/b.py")
    assert first is not second, "Snakemake needs the patch no more"
    snakemake_patches.remember_addresses()
    assert sourcecache.parse_uri("a/b.py") is sourcecache.parse_uri("a/b.py")


def test_what_a_user_can_mend_is_shown_without_lines_of_rule_files(monkeypatch):
    own = exceptions.format_error
    monkeypatch.setattr(exceptions, "format_error", getattr(own, "__wrapped__", own))

    def shown() -> str:
        try:
            raise snakemake_patches.PlainError("It is wrong. Correct it.")
        except snakemake_patches.PlainError as error:
            error.lineno, error.snakefile = 7, __file__
            return exceptions.format_exception_to_string(error, linemaps={})

    assert "line 7" in shown(), "Snakemake needs the patch no more"
    snakemake_patches.show_plainly()
    assert shown() == "It is wrong. Correct it."


def test_the_parameters_of_resources_are_looked_up_once(monkeypatch, inspections):
    monkeypatch.setattr(Resource.evaluate, "_overwrite_params", None, raising=False)
    del Resource.evaluate._overwrite_params
    resource = Resource("mem_mb", lambda wildcards: 1)
    get_function_params(resource.evaluate)
    get_function_params(resource.evaluate)
    assert len(inspections) == 2, "Snakemake needs the patch no more"
    snakemake_patches.remember_parameters()
    inspections.clear()
    assert {"args", "kwargs"} <= set(get_function_params(resource.evaluate))
    assert inspections == []


def test_the_parameters_of_a_rules_function_are_looked_up_once(inspections):
    asked = once(lambda wildcards, attempt: attempt)
    inspections.clear()
    assert set(get_function_params(asked)) == {"wildcards", "attempt"}
    assert inspections == []
