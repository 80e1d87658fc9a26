"""Signals that cannot be read: all else is made, and then the run fails with the reasons."""


# It makes nothing, whatever it is given: a study that lacks signals is never up to date.
rule name_unreadable:
    input:
        lambda wildcards: RUN.targets.of(wildcards.study),
    output:
        RUN.paths.unreadable,
    log:
        RUN.paths.log("unreadable/{study}"),
    conda:
        "../envs/cpu.yaml"
    params:
        reasons=lambda wildcards: RUN.cells.reasons(wildcards.study),
    message:
        "reading every signal of {wildcards.study}"
    script:
        "../workflow/scripts/name_unreadable.py"
