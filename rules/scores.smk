"""Scores of fits, and their collection: cell to study to all."""


rule score_fit:
    input:
        signal=once(lambda w: RUN.truth_file(cell(w))),
        fit=RUN.paths.fit,
        metric_files=once(lambda w: sum(RUN.metric_files(cell(w)).values(), [])),
    output:
        RUN.paths.score,
    log:
        RUN.paths.log("scores/{task}/{signal}/{model}-{budget}-s{seed}"),
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.score_memory_mb(cell(w), attempt)),
        runtime=10,
    params:
        rule="score_fit",
        job=once(lambda w: RUN.score_params(cell(w))),
    message:
        "score {wildcards.model} of {wildcards.budget} on {wildcards.signal}, {wildcards.task}, seed {wildcards.seed}"
    script:
        "../workflow/scripts/score_fit.py"


rule collect_scores:
    input:
        once(lambda w: [RUN.score_file(c) for c in RUN.cells.studies[w.study]]),
    output:
        RUN.paths.table("{study}/{what}.csv"),
    log:
        RUN.paths.log("tables/{study}/{what}"),
    wildcard_constraints:
        what="scores|history|timings",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    params:
        rule="collect_scores",
        job=once(lambda w: RUN.collect_params(w.study, w.what)),
    message:
        "{wildcards.what} of {wildcards.study}"
    script:
        "../workflow/scripts/collect_scores.py"


rule join_scores:
    input:
        [RUN.paths.table(f"{study}/scores.csv") for study in RUN.cells.studies],
    output:
        RUN.paths.table("scores.csv"),
    log:
        RUN.paths.log("tables/scores"),
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    params:
        rule="join_scores",
        job=RUN.join_params(),
    message:
        "scores of all studies"
    script:
        "../workflow/scripts/join_scores.py"


rule list_cells:
    log:
        RUN.paths.log("list_cells"),
    conda:
        "../envs/cpu.yaml"
    params:
        config=config,
    message:
        "cells, kept and dropped"
    script:
        "../workflow/scripts/list_cells.py"
