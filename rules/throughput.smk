"""How fast a training step is, as a textbook writes it and as it is done here.

About this machine, not about a preset: nothing here is shared between machines or workflows.
"""


rule measure_throughput:
    output:
        THROUGHPUT.measurement,
    log:
        THROUGHPUT.paths.log("measurements/{measured}"),
    wildcard_constraints:
        measured=any_of(THROUGHPUT.cells),
    conda:
        "../envs/gpu.yaml" if THROUGHPUT.device == "cuda" else "../envs/cpu.yaml"
    # All cores, so that nothing else of this run disturbs a clock.
    threads: all_cores
    resources:
        mem_mb=THROUGHPUT.memory_mb(),
        runtime=60,
        gpu=int(THROUGHPUT.device == "cuda"),
    params:
        rule="measure_throughput",
        job=lambda w: THROUGHPUT.measure_params(w.measured),
    message:
        "steps of {wildcards.measured}"
    script:
        "../workflow/scripts/measure_throughput.py"


rule collect_throughput:
    input:
        THROUGHPUT.measurements(),
    output:
        THROUGHPUT.paths.table("throughput.csv"),
    log:
        THROUGHPUT.paths.log("tables/throughput-csv"),
    conda:
        "../envs/cpu.yaml"
    params:
        rule="collect_throughput",
        job=THROUGHPUT.collect_params(),
    message:
        "table of throughput"
    script:
        "../workflow/scripts/collect_throughput.py"


rule write_throughput:
    input:
        THROUGHPUT.paths.table("throughput.csv"),
    output:
        report(
            THROUGHPUT.paths.table("throughput.md"),
            caption="../workflow/report/throughput.rst",
            category="throughput",
        ),
    log:
        THROUGHPUT.paths.log("tables/throughput-md"),
    conda:
        "../envs/cpu.yaml"
    params:
        rule="write_throughput",
        job=THROUGHPUT.table_params("write_throughput"),
    message:
        "table of throughput for readers"
    script:
        "../workflow/scripts/write_throughput.py"


rule draw_throughput:
    input:
        THROUGHPUT.paths.table("throughput.csv"),
    output:
        report(
            THROUGHPUT.paths.figure("throughput.{suffix}"),
            caption="../workflow/report/throughput.rst",
            category="throughput",
            labels={"format": "{suffix}"},
        ),
    log:
        THROUGHPUT.paths.log("figures/throughput-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    conda:
        "../envs/cpu.yaml"
    params:
        rule="draw_throughput",
        job=THROUGHPUT.table_params("draw_throughput"),
        suffix="{suffix}",
    message:
        "figure of throughput"
    script:
        "../workflow/scripts/draw_throughput.py"
