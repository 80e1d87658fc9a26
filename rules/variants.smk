"""Composed models: ranked, part against part, and against what they cost."""


rule write_ranking:
    input:
        scores=RUN.paths.table("{study}/scores.csv"),
        timings=RUN.paths.table("{study}/timings.csv"),
    output:
        report(
            RUN.paths.table("{study}/rankings/{task}/{metric}.{suffix}"),
            caption="../workflow/report/ranking.rst",
            category="{study}",
            subcategory="rankings",
            labels={"task": "{task}", "metric": "{metric}", "format": "{suffix}"},
        ),
    log:
        RUN.paths.log("tables/{study}/rankings/{task}/{metric}-{suffix}"),
    wildcard_constraints:
        suffix="csv|md|tex",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="write_ranking",
        job=lambda w: RUN.variant_params(
            "write_ranking", w.study, task=w.task, metric=w.metric, suffix=w.suffix
        ),
        stamp=lambda w: RUN.stamp("write_ranking", w.study),
    message:
        "ranking by {wildcards.metric} ({wildcards.suffix}): {wildcards.study}, {wildcards.task}"
    script:
        "../workflow/scripts/write_ranking.py"


rule draw_compositions:
    input:
        RUN.paths.table("{study}/scores.csv"),
    output:
        report(
            RUN.paths.figure("{study}/compositions/{task}/{family}-{metric}.{suffix}"),
            caption="../workflow/report/compositions.rst",
            category="{study}",
            subcategory="compositions",
            labels={
                "task": "{task}",
                "signal": "{family}",
                "metric": "{metric}",
                "format": "{suffix}",
            },
        ),
    log:
        RUN.paths.log("figures/{study}/compositions/{task}/{family}-{metric}-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="draw_compositions",
        job=lambda w: RUN.variant_params(
            "draw_compositions", w.study, task=w.task, family=w.family, metric=w.metric
        ),
        stamp=lambda w: RUN.stamp("draw_compositions", w.study),
        suffix="{suffix}",
    message:
        "{wildcards.metric} of encodings and activations: {wildcards.study}, {wildcards.task}, {wildcards.family}"
    script:
        "../workflow/scripts/draw_compositions.py"


rule draw_bases:
    input:
        RUN.paths.table("{study}/scores.csv"),
    output:
        report(
            RUN.paths.figure("{study}/bases/{task}/{family}-{metric}.{suffix}"),
            caption="../workflow/report/bases.rst",
            category="{study}",
            subcategory="bases",
            labels={
                "task": "{task}",
                "signal": "{family}",
                "metric": "{metric}",
                "format": "{suffix}",
            },
        ),
    log:
        RUN.paths.log("figures/{study}/bases/{task}/{family}-{metric}-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="draw_bases",
        job=lambda w: RUN.variant_params(
            "draw_bases", w.study, task=w.task, family=w.family, metric=w.metric
        ),
        stamp=lambda w: RUN.stamp("draw_bases", w.study),
        suffix="{suffix}",
    message:
        "{wildcards.metric} of bases: {wildcards.study}, {wildcards.task}, {wildcards.family}"
    script:
        "../workflow/scripts/draw_bases.py"


rule draw_sizes:
    input:
        RUN.paths.table("{study}/scores.csv"),
    output:
        report(
            RUN.paths.figure("{study}/sizes/{task}/{family}-{metric}.{suffix}"),
            caption="../workflow/report/costs.rst",
            category="{study}",
            subcategory="costs",
            labels={
                "task": "{task}",
                "signal": "{family}",
                "metric": "{metric}",
                "format": "{suffix}",
            },
        ),
    log:
        RUN.paths.log("figures/{study}/sizes/{task}/{family}-{metric}-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="draw_sizes",
        job=lambda w: RUN.variant_params(
            "draw_sizes", w.study, task=w.task, family=w.family, metric=w.metric
        ),
        stamp=lambda w: RUN.stamp("draw_sizes", w.study),
        suffix="{suffix}",
    message:
        "{wildcards.metric} against parameters: {wildcards.study}, {wildcards.task}, {wildcards.family}"
    script:
        "../workflow/scripts/draw_sizes.py"


rule draw_seconds:
    input:
        scores=RUN.paths.table("{study}/scores.csv"),
        timings=RUN.paths.table("{study}/timings.csv"),
    output:
        report(
            RUN.paths.figure("{study}/timings/{task}/{family}-{metric}.{suffix}"),
            caption="../workflow/report/costs.rst",
            category="{study}",
            subcategory="costs",
            labels={
                "task": "{task}",
                "signal": "{family}",
                "metric": "{metric}",
                "format": "{suffix}",
            },
        ),
    log:
        RUN.paths.log("figures/{study}/timings/{task}/{family}-{metric}-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="draw_seconds",
        job=lambda w: RUN.variant_params(
            "draw_seconds", w.study, task=w.task, family=w.family, metric=w.metric
        ),
        stamp=lambda w: RUN.stamp("draw_seconds", w.study),
        suffix="{suffix}",
    message:
        "{wildcards.metric} against seconds: {wildcards.study}, {wildcards.task}, {wildcards.family}"
    script:
        "../workflow/scripts/draw_seconds.py"


rule write_overview:
    input:
        RUN.overview_scores,
    output:
        report(
            RUN.paths.table("overview.{suffix}"),
            caption="../workflow/report/overview.rst",
            category="overview",
            labels={"format": "{suffix}"},
        ),
    log:
        RUN.paths.log("tables/overview-{suffix}"),
    wildcard_constraints:
        suffix="csv|md|tex",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    params:
        rule="write_overview",
        order=in_order,
        job=lambda w: RUN.overview_params("write_overview", suffix=w.suffix),
        stamp=lambda w: RUN.overview_stamp("write_overview"),
    message:
        "overview of composed models ({wildcards.suffix})"
    script:
        "../workflow/scripts/write_overview.py"


rule draw_overview:
    input:
        RUN.overview_scores,
    output:
        report(
            RUN.paths.figure("overview.{suffix}"),
            caption="../workflow/report/overview.rst",
            category="overview",
            labels={"format": "{suffix}"},
        ),
    log:
        RUN.paths.log("figures/overview-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    params:
        rule="draw_overview",
        order=in_order,
        job=lambda w: RUN.overview_params("draw_overview", suffix=w.suffix),
        stamp=lambda w: RUN.overview_stamp("draw_overview"),
    message:
        "overview of composed models ({wildcards.suffix})"
    script:
        "../workflow/scripts/draw_overview.py"
