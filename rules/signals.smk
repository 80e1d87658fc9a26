"""Signals, and what tasks show of them."""

SIGNAL = Lookups("signal", RUN)
OBSERVATION = Lookups("observation", RUN)


rule generate_signal:
    input:
        unpack(SIGNAL.inputs),
    output:
        SIGNAL.output,
    log:
        SIGNAL.log,
    cache: CACHE
    group:
        on_cluster(SIGNAL.group)
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=SIGNAL.memory_mb,
        runtime=SIGNAL.minutes,
    params:
        identity=SIGNAL.identity,
        job=SIGNAL.params,
    message:
        "signal {wildcards.signal}"
    script:
        "../workflow/scripts/generate_signal.py"


rule observe_signal:
    input:
        unpack(OBSERVATION.inputs),
    output:
        OBSERVATION.output,
    log:
        OBSERVATION.log,
    cache: CACHE
    group:
        on_cluster(OBSERVATION.group)
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=OBSERVATION.memory_mb,
        runtime=OBSERVATION.minutes,
    params:
        identity=OBSERVATION.identity,
        job=OBSERVATION.params,
        made_of=OBSERVATION.made_of,
    message:
        "observation {wildcards.task} of {wildcards.signal}"
    script:
        "../workflow/scripts/observe_signal.py"
