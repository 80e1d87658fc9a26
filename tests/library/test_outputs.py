"""The table of outputs: no kind of result lacks what rules, cache and clusters ask of it."""

import pytest
import yaml
from helpers import rules
from helpers.runs import PROJECT

from fieldbench.plan import outputs
from fieldbench.plan.jobs.estimates import GROUPS
from fieldbench.plan.jobs.lookups import Lookups
from fieldbench.plan.jobs.run import Run
from fieldbench.plan.output import ALONE, HERE

ROWS = outputs.OUTPUTS.items()


@pytest.fixture(scope="module")
def run():
    return Run({"preset": "tiny"}, checks=False)


@pytest.mark.parametrize(("key", "row"), ROWS, ids=[key for key, _ in ROWS])
def test_every_kind_runs_here_or_in_a_group_that_the_profile_bounds_or_alone(key, row):
    profile = yaml.safe_load((PROJECT / "slurm/config.yaml").read_text())
    bounded = profile["group-components"]
    local = (PROJECT / "Snakefile").read_text().partition("localrules:")[2].partition("\n\n")[0]
    is_local = row.script in {word.strip(" ,\n") for word in local.split()}
    if callable(row.group):
        assert set(GROUPS) <= set(bounded) and not is_local
    else:
        assert is_local == (row.group == HERE)
        assert row.group in (HERE, ALONE) or row.group in bounded


@pytest.mark.parametrize(("key", "row"), ROWS, ids=[key for key, _ in ROWS])
def test_the_rule_of_a_kind_says_its_group_where_it_has_one(key, row):
    text = rules.texts()[row.script]
    assert ("    group:\n        on_cluster(" in text) == (row.group not in (HERE, ALONE))


def test_every_group_that_the_profile_bounds_is_one_of_some_kind():
    profile = yaml.safe_load((PROJECT / "slurm/config.yaml").read_text())
    named = {row.group for _, row in ROWS if isinstance(row.group, str)} | set(GROUPS)
    assert set(profile["group-components"]) == named - {HERE}


def test_every_file_is_made_of_files_that_are_made_or_come_from_elsewhere(run):
    for job in run.jobs.values():
        for file in job.files:
            assert file in run.jobs or not file.startswith(f"{run.paths.root}/"), (job.path, file)


def test_every_file_that_answers_a_study_has_its_job(run):
    for study in run.cells.studies:
        wanted = run.targets.of(study)
        assert len(set(wanted)) == len(wanted) > 10
        assert set(wanted) <= set(run.jobs)


@pytest.mark.parametrize("key", list(outputs.PRESET))
def test_a_rule_finds_each_job_by_its_wildcards(run, key):
    found = Lookups(key, run)
    for job in run.jobs.of(key):
        names = {k: str(v) for k, v in job.row.names(run, job.subject).items()}
        assert found.job(names) is job
        assert found.memory_mb(names, 2) >= found.memory_mb(names, 1) > 0
        assert found.minutes(names, 2) > found.minutes(names, 1) > 0


def test_the_order_of_inputs_is_told_to_the_cache(run):
    table = run.jobs["results/tiny/tables/scores.csv"]
    reversed_ = [*reversed(table.files)]
    assert len(reversed_) > 1 and table.order
    assert len({job.order for job in run.jobs.of("fit")}) == 1  # of one input there is no order
