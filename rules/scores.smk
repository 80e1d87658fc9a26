"""Scores of fits, and their collection: a model on a signal, a study, all."""

SCORE = Lookups("score", RUN)
TIDY = Lookups("tidy", RUN)
ALL_SCORES = Lookups("all-scores", RUN)
SUMMARY = Lookups("summary", RUN)
COMPARISON = Lookups("comparison", RUN)


rule score_fits:
    input:
        unpack(SCORE.inputs),
    output:
        SCORE.output,
    log:
        SCORE.log,
    cache: CACHE
    group:
        on_cluster(SCORE.group)
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=SCORE.memory_mb,
        runtime=SCORE.minutes,
    params:
        identity=SCORE.identity,
        job=SCORE.params,
        made_of=SCORE.made_of,
    message:
        "score {wildcards.model} on {wildcards.signal}, {wildcards.task}"
    script:
        "../workflow/scripts/score_fits.py"


rule collect_scores:
    input:
        unpack(TIDY.inputs),
    output:
        TIDY.output,
    log:
        TIDY.log,
    wildcard_constraints:
        what=TIDY.any_of("what"),
    cache: CACHE
    group:
        on_cluster(TIDY.group)
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=TIDY.memory_mb,
        runtime=TIDY.minutes,
    params:
        identity=TIDY.identity,
        job=TIDY.params,
        made_of=TIDY.made_of,
    message:
        "{wildcards.what} of {wildcards.study}"
    script:
        "../workflow/scripts/collect_scores.py"


rule join_scores:
    input:
        unpack(ALL_SCORES.inputs),
    output:
        ALL_SCORES.output,
    log:
        ALL_SCORES.log,
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=ALL_SCORES.memory_mb,
        runtime=ALL_SCORES.minutes,
    params:
        identity=ALL_SCORES.identity,
        job=ALL_SCORES.params,
    message:
        "scores of all studies"
    script:
        "../workflow/scripts/join_scores.py"


rule write_summary:
    input:
        unpack(SUMMARY.inputs),
    output:
        SUMMARY.output,
    log:
        SUMMARY.log,
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=SUMMARY.memory_mb,
        runtime=SUMMARY.minutes,
    params:
        job=SUMMARY.params,
        stamp=SUMMARY.stamp,
    message:
        "summary"
    script:
        "../workflow/scripts/write_summary.py"


rule compare_with_published:
    input:
        unpack(COMPARISON.inputs),
    output:
        COMPARISON.output,
    log:
        COMPARISON.log,
    wildcard_constraints:
        what=COMPARISON.any_of("what"),
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=COMPARISON.memory_mb,
        runtime=COMPARISON.minutes,
    params:
        identity=COMPARISON.identity,
        job=COMPARISON.params,
    message:
        "{wildcards.what} of {wildcards.study}"
    script:
        "../workflow/scripts/compare_with_published.py"


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
