"""What a run will take here: a few steps measured, every fit reckoned from them.

About this machine: nothing here is shared between machines or workflows.
"""


rule measure_steps:
    output:
        RUN.paths.estimate("steps.json"),
    log:
        RUN.paths.log("estimates/steps"),
    conda:
        "../envs/gpu.yaml" if RUN.device == "cuda" else "../envs/cpu.yaml"
    # All cores, so that nothing else of this run disturbs a clock.
    threads: all_cores
    resources:
        mem_mb=8000,
        runtime=60,
        gpu=int(RUN.device == "cuda"),
    params:
        rule="measure_steps",
        job=lambda w: forecast.probe_params(RUN),
    message:
        "a few steps of every model"
    script:
        "../workflow/scripts/measure_steps.py"


rule forecast_fits:
    input:
        RUN.paths.estimate("steps.json"),
    output:
        RUN.paths.estimate("fits.csv"),
    log:
        RUN.paths.log("estimates/fits"),
    conda:
        "../envs/cpu.yaml"
    params:
        config=config,
        job=lambda w: forecast.code(RUN),
    message:
        "expected time of every fit"
    script:
        "../workflow/scripts/forecast_fits.py"


rule estimate:
    input:
        steps=RUN.paths.estimate("steps.json"),
        fits=RUN.paths.estimate("fits.csv"),
    log:
        RUN.paths.log("estimates/studies"),
    conda:
        "../envs/cpu.yaml"
    params:
        config=config,
        cores=all_cores,
    message:
        "what each study will take"
    script:
        "../workflow/scripts/estimate.py"
