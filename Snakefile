"""fieldbench: which representation for a signal and a budget? See README.md."""

from snakemake.utils import min_version

min_version("9.27")


include: "rules/terminal.smk"


configfile: "config/config.yaml"


include: "rules/common.smk"
include: "rules/downloads.smk"
include: "rules/signals.smk"
include: "rules/fits.smk"
include: "rules/scores.smk"
include: "rules/figures.smk"
include: "rules/unreadable.smk"
include: "rules/estimates.smk"
include: "rules/throughput.smk"
include: "rules/kernels.smk"
include: "rules/check.smk"
include: "rules/tidy.smk"
include: "rules/explain.smk"


wildcard_constraints:
    study=any_of(RUN.cells.studies),
    signal=any_of(RUN.cells.signals),
    task=any_of(RUN.tasks),
    model=any_of(RUN.models),
    budget=r"\d+",
    seed=r"-?\d+",


# What takes a second or two runs where snakemake does, whatever the rest is sent to.
localrules:
    all,
    check,
    collect_kernels,
    collect_throughput,
    compare_with_published,
    download,
    estimate,
    explain,
    forecast_fits,
    join_scores,
    kernels,
    list_cells,
    name_unreadable,
    throughput,
    tidy,
    write_summary,
    write_table,


rule all:
    default_target: True
    input:
        RUN.paths.table("scores.csv"),
        RUN.paths.summary,
        [RUN.targets.of(study) for study in RUN.cells.studies],
        RUN.targets.overview,
        [RUN.targets.unreadable(study) for study in RUN.cells.studies],


for study in RUN.cells.studies:

    rule:
        name:
            study
        input:
            RUN.targets.of(study),
            RUN.targets.unreadable(study),
        localrule: True


# On a machine with a network, before the rest goes to one without.
rule download:
    input:
        RUN.dataset_files,


rule throughput:
    input:
        THROUGHPUT.targets.files,


rule kernels:
    input:
        KERNELS.targets.files,


onstart:
    HOOKS.at_start()


onsuccess:
    HOOKS.at_success()


onerror:
    HOOKS.at_error()
