"""Fits: one cell, one job; and what other tasks ask of them."""

FIT = Lookups("fit", RUN)
RENDERING = Lookups("rendering", RUN)


rule fit_model:
    input:
        unpack(FIT.inputs),
    output:
        FIT.output,
    log:
        FIT.log,
    wildcard_constraints:
        task=any_of(RUN.trained_tasks),
    cache: CACHE
    group:
        on_cluster(FIT.group)
    conda:
        DEVICE_ENV
    threads: RUN.preset.training.threads
    resources:
        mem_mb=FIT.memory_mb,
        runtime=FIT.minutes,
        gpu=int(RUN.device == "cuda"),
    params:
        identity=FIT.identity,
        job=FIT.params,
        made_of=FIT.made_of,
    message:
        "fit {wildcards.model} of {wildcards.budget} to {wildcards.signal}, {wildcards.task}, seed {wildcards.seed}"
    script:
        "../workflow/scripts/fit_model.py"


rule render_fit:
    input:
        unpack(RENDERING.inputs),
    output:
        RENDERING.output,
    log:
        RENDERING.log,
    wildcard_constraints:
        task=any_of(RUN.rendered_tasks),
    cache: CACHE
    group:
        on_cluster(RENDERING.group)
    conda:
        DEVICE_ENV
    threads: RUN.preset.training.threads
    resources:
        mem_mb=RENDERING.memory_mb,
        runtime=RENDERING.minutes,
        gpu=int(RUN.device == "cuda"),
    params:
        identity=RENDERING.identity,
        job=RENDERING.params,
        made_of=RENDERING.made_of,
    message:
        "{wildcards.task} by {wildcards.model} of {wildcards.budget}, {wildcards.signal}, seed {wildcards.seed}"
    script:
        "../workflow/scripts/render_fit.py"
