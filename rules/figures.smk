"""Figures for readers."""


rule draw_heatmap:
    input:
        RUN.paths.table("{study}/scores.csv"),
    output:
        report(
            RUN.paths.figure("{study}/heatmaps/{task}/{family}-{metric}.{suffix}"),
            caption="../workflow/report/heatmap.rst",
            category="{study}",
            subcategory="heatmaps",
            labels={
                "task": "{task}",
                "signal": "{family}",
                "metric": "{metric}",
                "format": "{suffix}",
            },
        ),
    log:
        RUN.paths.log("figures/{study}/heatmaps/{task}/{family}-{metric}-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="draw_heatmap",
        job=lambda w: RUN.set_params(
            "draw_heatmap",
            w.study,
            False,
            task=w.task,
            family=w.family,
            metric=w.metric,
        ),
        stamp=lambda w: RUN.stamp("draw_heatmap", w.study),
        suffix="{suffix}",
    message:
        "heatmap of {wildcards.metric}: {wildcards.study}, {wildcards.task}, {wildcards.family}"
    script:
        "../workflow/scripts/draw_heatmap.py"


rule draw_curves:
    input:
        RUN.paths.table("{study}/scores.csv"),
    output:
        report(
            RUN.paths.figure("{study}/{sets}curves-{metric}.{suffix}"),
            caption="../workflow/report/curves.rst",
            category="{study}",
            subcategory="curves",
            labels={"metric": "{sets}{metric}", "format": "{suffix}"},
        ),
    log:
        RUN.paths.log("figures/{study}/{sets}curves-{metric}-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="draw_curves",
        job=lambda w: RUN.set_params(
            "draw_curves", w.study, bool(w.sets), metric=w.metric
        ),
        stamp=lambda w: RUN.stamp("draw_curves", w.study),
        suffix="{suffix}",
    message:
        "curves of {wildcards.sets}{wildcards.metric}: {wildcards.study}"
    script:
        "../workflow/scripts/draw_curves.py"


rule draw_gaps:
    input:
        RUN.paths.table("{study}/scores.csv"),
    output:
        report(
            RUN.paths.figure("{study}/{sets}gaps-{metric}.{suffix}"),
            caption="../workflow/report/gaps.rst",
            category="{study}",
            subcategory="gaps",
            labels={"metric": "{sets}{metric}", "format": "{suffix}"},
        ),
    log:
        RUN.paths.log("figures/{study}/{sets}gaps-{metric}-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="draw_gaps",
        job=lambda w: RUN.set_params(
            "draw_gaps", w.study, bool(w.sets), metric=w.metric
        ),
        stamp=lambda w: RUN.stamp("draw_gaps", w.study),
        suffix="{suffix}",
    message:
        "gaps of {wildcards.sets}{wildcards.metric}: {wildcards.study}"
    script:
        "../workflow/scripts/draw_gaps.py"


rule draw_convergence:
    input:
        history=RUN.paths.table("{study}/history.csv"),
        scores=RUN.paths.table("{study}/scores.csv"),
    output:
        report(
            RUN.paths.figure("{study}/convergence.{suffix}"),
            caption="../workflow/report/convergence.rst",
            category="{study}",
            subcategory="convergence",
            labels={"format": "{suffix}"},
        ),
    log:
        RUN.paths.log("figures/{study}/convergence-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="draw_convergence",
        job=lambda w: RUN.draw_params("draw_convergence", w.study),
        stamp=lambda w: RUN.stamp("draw_convergence", w.study),
        suffix="{suffix}",
    message:
        "convergence of {wildcards.study}"
    script:
        "../workflow/scripts/draw_convergence.py"


rule draw_timings:
    input:
        timings=RUN.paths.table("{study}/timings.csv"),
        scores=RUN.paths.table("{study}/scores.csv"),
    output:
        report(
            RUN.paths.figure("{study}/timings.{suffix}"),
            caption="../workflow/report/timings.rst",
            category="{study}",
            subcategory="timings",
            labels={"format": "{suffix}"},
        ),
    log:
        RUN.paths.log("figures/{study}/timings-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="draw_timings",
        job=lambda w: RUN.draw_params("draw_timings", w.study),
        stamp=lambda w: RUN.stamp("draw_timings", w.study),
        suffix="{suffix}",
    message:
        "timings of {wildcards.study}"
    script:
        "../workflow/scripts/draw_timings.py"


rule draw_gallery:
    input:
        signal=lambda w: RUN.gallery_signal(w.study, w.task, w.family),
        observation=lambda w: RUN.gallery_observation(w.study, w.task, w.family),
        fits=lambda w: [RUN.fit_file(c) for c in RUN.gallery(w.study, w.task, w.family)],
        scores=lambda w: RUN.score_files(RUN.gallery(w.study, w.task, w.family)),
    output:
        report(
            RUN.paths.figure("{study}/galleries/{task}/{family}.{suffix}"),
            caption="../workflow/report/gallery.rst",
            category="{study}",
            subcategory="galleries",
            labels={"task": "{task}", "signal": "{family}", "format": "{suffix}"},
        ),
    log:
        RUN.paths.log("figures/{study}/galleries/{task}/{family}-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(
            lambda w, attempt: RUN.picture_memory_mb(
                RUN.gallery(w.study, w.task, w.family), attempt
            )
        ),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="draw_gallery",
        order=in_order,
        job=lambda w: RUN.sort_params("draw_gallery", w.study, w.task, w.family),
        made_of=lambda w: RUN.of_pictures(RUN.gallery(w.study, w.task, w.family)),
        stamp=lambda w: RUN.stamp(
            "draw_gallery", w.study, RUN.gallery(w.study, w.task, w.family)
        ),
        suffix="{suffix}",
    message:
        "gallery of {wildcards.study}, {wildcards.task}, {wildcards.family}"
    script:
        "../workflow/scripts/draw_gallery.py"
