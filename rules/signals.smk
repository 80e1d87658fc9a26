"""Signals, and what tasks show of them."""


rule generate_signal:
    input:
        once(lambda w: RUN.signal_source(w.signal)),
    output:
        RUN.paths.signal,
    log:
        RUN.paths.log("signals/{signal}"),
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.signal_memory_mb(w.signal, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="generate_signal",
        job=once(lambda w: RUN.signal_params(w.signal)),
    message:
        "signal {wildcards.signal}"
    script:
        "../workflow/scripts/generate_signal.py"


rule observe_signal:
    input:
        RUN.paths.signal,
    output:
        RUN.paths.observation,
    log:
        RUN.paths.log("observations/{task}/{signal}"),
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.observation_memory_mb(w.signal, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="observe_signal",
        job=once(lambda w: RUN.observation_params(w.task, w.signal)),
        made_of=once(lambda w: [RUN.signal_origin(w.signal)]),
    message:
        "observation {wildcards.task} of {wildcards.signal}"
    script:
        "../workflow/scripts/observe_signal.py"
