"""Removes figures and tables that a preset no longer makes; not part of a run."""


rule tidy:
    log:
        RUN.paths.log("tidy"),
    conda:
        "../envs/cpu.yaml"
    params:
        config=config,
    message:
        "what is left over"
    script:
        "../workflow/scripts/tidy.py"
