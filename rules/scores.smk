"""Scores of fits, and their collection: a model on a signal, a study, all."""


rule score_fits:
    input:
        signal=once(lambda w: RUN.truth_file(RUN.scored(w)[0])),
        fits=once(lambda w: [RUN.fit_file(c) for c in RUN.scored(w)]),
        metric_files=once(lambda w: RUN.metric_files(RUN.scored(w))),
    output:
        RUN.paths.score,
    log:
        RUN.paths.log("scores/{task}/{signal}/{model}"),
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.score_memory_mb(RUN.scored(w), attempt)),
        runtime=once(lambda w, attempt: RUN.score_minutes(RUN.scored(w), attempt)),
    params:
        rule="score_fits",
        job=once(lambda w: RUN.score_params(RUN.scored(w))),
        made_of=once(lambda w: RUN.of_score(RUN.scored(w))),
    message:
        "score {wildcards.model} on {wildcards.signal}, {wildcards.task}"
    script:
        "../workflow/scripts/score_fits.py"


rule collect_scores:
    input:
        once(lambda w: RUN.score_files(RUN.cells.studies[w.study])),
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
        order=in_order,
        job=once(lambda w: RUN.collect_params(w.study, w.what)),
        made_of=once(lambda w: RUN.of_scores(RUN.cells.studies[w.study])),
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
        order=in_order,
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
