"""Pictures of fits: over budgets, and as surfaces of bodies."""


rule draw_sheet:
    input:
        signal=lambda w: RUN.gallery_signal(w.study, w.task, w.family),
        fits=lambda w: [RUN.fit_file(c) for c in RUN.sheet(w.study, w.task, w.family)],
        scores=lambda w: RUN.score_files(RUN.sheet(w.study, w.task, w.family)),
    output:
        report(
            RUN.paths.figure("{study}/sheets/{task}/{family}.{suffix}"),
            caption="../workflow/report/sheet.rst",
            category="{study}",
            subcategory="sheets",
            labels={"task": "{task}", "signal": "{family}", "format": "{suffix}"},
        ),
    log:
        RUN.paths.log("figures/{study}/sheets/{task}/{family}-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(
            lambda w, attempt: RUN.picture_memory_mb(
                RUN.sheet(w.study, w.task, w.family), attempt
            )
        ),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="draw_sheet",
        order=in_order,
        job=lambda w: RUN.draw_params(
            "draw_sheet", w.study, task=w.task, family=w.family
        ),
        made_of=lambda w: RUN.of_pictures(RUN.sheet(w.study, w.task, w.family)),
        stamp=lambda w: RUN.stamp(
            "draw_sheet", w.study, RUN.sheet(w.study, w.task, w.family)
        ),
        suffix="{suffix}",
    message:
        "sheet over budgets of {wildcards.study}, {wildcards.task}, {wildcards.family}"
    script:
        "../workflow/scripts/draw_sheet.py"


rule draw_surfaces:
    input:
        signal=lambda w: RUN.gallery_signal(w.study, w.task, w.family),
        fits=lambda w: [
            RUN.fit_file(c) for c in RUN.surfaces(w.study, w.task, w.family)
        ],
        scores=lambda w: RUN.score_files(RUN.surfaces(w.study, w.task, w.family)),
    output:
        report(
            RUN.paths.figure("{study}/surfaces/{task}/{family}.{suffix}"),
            caption="../workflow/report/surfaces.rst",
            category="{study}",
            subcategory="surfaces",
            labels={"task": "{task}", "signal": "{family}", "format": "{suffix}"},
        ),
    log:
        RUN.paths.log("figures/{study}/surfaces/{task}/{family}-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(
            lambda w, attempt: RUN.picture_memory_mb(
                RUN.surfaces(w.study, w.task, w.family), attempt
            )
        ),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="draw_surfaces",
        order=in_order,
        job=lambda w: RUN.draw_params(
            "draw_surfaces", w.study, task=w.task, family=w.family
        ),
        made_of=lambda w: RUN.of_pictures(RUN.surfaces(w.study, w.task, w.family)),
        stamp=lambda w: RUN.stamp(
            "draw_surfaces", w.study, RUN.surfaces(w.study, w.task, w.family)
        ),
        suffix="{suffix}",
    message:
        "surfaces of {wildcards.study}, {wildcards.task}, {wildcards.family}"
    script:
        "../workflow/scripts/draw_surfaces.py"
