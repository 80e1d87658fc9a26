"""Whether results still are what was written; not part of a run."""


rule check:
    log:
        RUN.paths.log("check"),
    conda:
        "../envs/cpu.yaml"
    params:
        root=RUN.paths.root,
    message:
        "every result's checksum"
    script:
        "../workflow/scripts/check.py"
