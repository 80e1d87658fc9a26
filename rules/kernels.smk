"""Empirical neural tangent kernels: what they predict of frequencies, and what training does.

About models, not about a preset.
"""

KERNEL = Lookups("kernel", KERNELS)
KERNEL_TABLE = Lookups("kernel-table", KERNELS)


rule examine_kernel:
    output:
        KERNEL.output,
    log:
        KERNEL.log,
    wildcard_constraints:
        kernel=KERNEL.any_of("kernel"),
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=KERNEL.memory_mb,
        runtime=KERNEL.minutes,
    params:
        identity=KERNEL.identity,
        job=KERNEL.params,
    message:
        "kernel of {wildcards.kernel}"
    script:
        "../workflow/scripts/examine_kernel.py"


rule collect_kernels:
    input:
        unpack(KERNEL_TABLE.inputs),
    output:
        KERNEL_TABLE.output,
    log:
        KERNEL_TABLE.log,
    wildcard_constraints:
        what=KERNEL_TABLE.any_of("what"),
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=KERNEL_TABLE.memory_mb,
        runtime=KERNEL_TABLE.minutes,
    params:
        identity=KERNEL_TABLE.identity,
        job=KERNEL_TABLE.params,
        made_of=KERNEL_TABLE.made_of,
    message:
        "{wildcards.what} of kernels"
    script:
        "../workflow/scripts/collect_kernels.py"
