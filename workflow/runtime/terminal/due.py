"""What is due in a run, as the terminal counts it: its jobs in words, and what they are about."""

from collections.abc import Mapping
from typing import Any

from runtime.terminal import words
from runtime.terminal.tally import Goal, Job

# What a run is about is the first of these that it has jobs of; other runs count all their jobs.
GOALS = (
    ({"fit_model"}, "fits"),
    ({"examine_kernel"}, "kernels"),
    ({"measure_throughput"}, "measurements"),
)
DOWNLOADS = "download_"  # with which the names of rules begin that fetch a file


def due(dag: Any, work: Mapping[str, float]) -> dict[int, Job]:
    """The jobs of Snakemake's graph that are due, by its numbers; `work` is that of each fit."""
    return {dag.jobid(job): _told(job, work) for job in dag.needrun_jobs() if not job.is_norun}


def goal(dag: Any) -> Goal:
    """What the jobs of Snakemake's graph are about."""
    there = [job for job in dag.jobs if not job.is_norun]
    rules = {job.rule.name for job in there}
    downloads = {rule for rule in rules if rule.startswith(DOWNLOADS)}
    for names, noun in (*GOALS, (downloads, "files")):
        if found := names & rules:
            made = sum(job.rule.name in found and not dag.needrun(job) for job in there)
            return Goal(frozenset(found), noun, made)
    return Goal(frozenset(rules))


def _told(job: Any, work: Mapping[str, float]) -> Job:
    rule, log = job.rule.name, next(iter(job.log), "")
    name = words.name(rule, job.wildcards_dict, job.message)
    cost = work.get(str(next(iter(job.output), "")), 0.0)
    model = job.wildcards_dict.get("model", "") if rule == "fit_model" else ""
    return Job(rule, name, str(log), cost, model)
