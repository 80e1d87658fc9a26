"""How fast a training step is, as a textbook writes it and as it is done here.

About this machine, not about a preset: nothing here is shared between machines or workflows.
"""

MEASUREMENT = Lookups("measurement", THROUGHPUT)
MEASUREMENT_TABLE = Lookups("measurement-table", THROUGHPUT)


rule measure_throughput:
    output:
        MEASUREMENT.output,
    log:
        MEASUREMENT.log,
    wildcard_constraints:
        measured=MEASUREMENT.any_of("measured"),
    conda:
        "../envs/gpu.yaml" if THROUGHPUT.device == "cuda" else "../envs/cpu.yaml"
    # All cores, so that nothing else of this run disturbs a clock.
    threads: all_cores
    resources:
        mem_mb=MEASUREMENT.memory_mb,
        runtime=MEASUREMENT.minutes,
        gpu=int(THROUGHPUT.device == "cuda"),
    params:
        identity=MEASUREMENT.identity,
        job=MEASUREMENT.params,
    message:
        "steps of {wildcards.measured}"
    script:
        "../workflow/scripts/measure_throughput.py"


rule collect_throughput:
    input:
        unpack(MEASUREMENT_TABLE.inputs),
    output:
        MEASUREMENT_TABLE.output,
    log:
        MEASUREMENT_TABLE.log,
    conda:
        "../envs/cpu.yaml"
    params:
        identity=MEASUREMENT_TABLE.identity,
        job=MEASUREMENT_TABLE.params,
    message:
        "table of throughput"
    script:
        "../workflow/scripts/collect_throughput.py"
