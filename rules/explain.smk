"""Where a file comes from, and whether it is what this code and these settings would make."""


rule explain:
    log:
        RUN.paths.log("explain"),
    conda:
        "../envs/cpu.yaml"
    params:
        config=config,
    message:
        "where a file comes from"
    script:
        "../workflow/scripts/explain.py"
