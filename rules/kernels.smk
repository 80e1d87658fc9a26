"""Empirical neural tangent kernels: what they predict of frequencies, and what training does.

About models, not about a preset.
"""


rule examine_kernel:
    output:
        KERNELS.kernel,
    log:
        KERNELS.paths.log("kernels/{kernel}"),
    wildcard_constraints:
        kernel=any_of(KERNELS.cells),
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=lambda w, attempt: KERNELS.memory_mb(w.kernel, attempt),
        runtime=lambda w, attempt: KERNELS.minutes(w.kernel, attempt),
    params:
        rule="examine_kernel",
        job=lambda w: KERNELS.examine_params(w.kernel),
    message:
        "kernel of {wildcards.kernel}"
    script:
        "../workflow/scripts/examine_kernel.py"


rule collect_kernels:
    input:
        KERNELS.files(),
    output:
        KERNELS.paths.table("{what}.csv"),
    log:
        KERNELS.paths.log("tables/{what}"),
    wildcard_constraints:
        what="kernels|responses|spectra",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    params:
        rule="collect_kernels",
        job=lambda w: KERNELS.collect_params(w.what),
        made_of=lambda w: KERNELS.of_kernels(),
    message:
        "{wildcards.what} of kernels"
    script:
        "../workflow/scripts/collect_kernels.py"


rule draw_kernels:
    input:
        lambda w: KERNELS.source(w.look),
    output:
        report(
            KERNELS.paths.figure("{place}/{look}.{suffix}"),
            caption="../workflow/report/kernels.rst",
            category="kernels",
            labels={"place": "{place}", "figure": "{look}", "format": "{suffix}"},
        ),
    log:
        KERNELS.paths.log("figures/{place}/{look}-{suffix}"),
    wildcard_constraints:
        place=any_of(KERNELS.asked.places),
        look="spectra|rates|responses|drift",
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    params:
        rule="draw_kernels",
        job=lambda w: KERNELS.draw_params(w.place, w.look),
        suffix="{suffix}",
    message:
        "{wildcards.look} of kernels, {wildcards.place}"
    script:
        "../workflow/scripts/draw_kernels.py"
