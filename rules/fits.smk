"""Fits: one cell, one job; and what other tasks ask of them."""


rule fit_model:
    input:
        once(lambda w: RUN.observation_file(cell(w))),
    output:
        RUN.paths.fit,
    log:
        RUN.paths.log("fits/{task}/{signal}/{model}-{budget}-s{seed}"),
    wildcard_constraints:
        task=any_of(RUN.trained_tasks),
    cache: CACHE
    group:
        once(fit_group)
    conda:
        "../envs/gpu.yaml" if RUN.device == "cuda" else "../envs/cpu.yaml"
    threads: RUN.preset.training.threads
    resources:
        mem_mb=once(lambda w, attempt: RUN.memory_mb(cell(w), attempt)),
        runtime=once(lambda w, attempt: RUN.runtime_minutes(cell(w), attempt)),
        gpu=int(RUN.device == "cuda"),
    params:
        rule="fit_model",
        job=once(lambda w: RUN.fit_params(cell(w))),
        made_of=once(lambda w: RUN.of_fit(cell(w))),
    message:
        "fit {wildcards.model} of {wildcards.budget} to {wildcards.signal}, {wildcards.task}, seed {wildcards.seed}"
    script:
        "../workflow/scripts/fit_model.py"


rule render_fit:
    input:
        once(lambda w: RUN.source_fit_file(cell(w))),
    output:
        RUN.paths.fit,
    log:
        RUN.paths.log("fits/{task}/{signal}/{model}-{budget}-s{seed}"),
    wildcard_constraints:
        task=any_of(RUN.rendered_tasks),
    cache: CACHE
    conda:
        "../envs/gpu.yaml" if RUN.device == "cuda" else "../envs/cpu.yaml"
    threads: RUN.preset.training.threads
    resources:
        mem_mb=once(lambda w, attempt: RUN.render_memory_mb(cell(w), attempt)),
        runtime=once(lambda w, attempt: 20 * attempt),
        gpu=int(RUN.device == "cuda"),
    params:
        rule="render_fit",
        job=once(lambda w: RUN.render_params(cell(w))),
        made_of=once(lambda w: RUN.of_fit(cell(w))),
    message:
        "{wildcards.task} by {wildcards.model} of {wildcards.budget}, {wildcards.signal}, seed {wildcards.seed}"
    script:
        "../workflow/scripts/render_fit.py"
