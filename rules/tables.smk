"""Tables for readers, and our numbers beside printed ones."""


rule write_table:
    input:
        RUN.paths.table("{study}/scores.csv"),
    output:
        report(
            RUN.paths.table("{study}/{sets}{table}.{suffix}"),
            caption="../workflow/report/table.rst",
            category="{study}",
            subcategory="tables",
            labels={"table": "{sets}{table}", "format": "{suffix}"},
        ),
    log:
        RUN.paths.log("tables/{study}/{sets}{table}-{suffix}"),
    wildcard_constraints:
        table=any_of({"summary"} | RUN.metrics),
        suffix="csv|md|tex",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="write_table",
        job=lambda w: RUN.set_params(
            "write_table", w.study, bool(w.sets), name=w.table, suffix=w.suffix
        ),
        stamp=lambda w: RUN.stamp("write_table", w.study),
    message:
        "table {wildcards.sets}{wildcards.table}.{wildcards.suffix} of {wildcards.study}"
    script:
        "../workflow/scripts/write_table.py"


rule write_timings:
    input:
        RUN.paths.table("{study}/timings.csv"),
    output:
        report(
            RUN.paths.table("{study}/timings-by-model.{suffix}"),
            caption="../workflow/report/timings.rst",
            category="{study}",
            subcategory="timings",
            labels={"table": "by model", "format": "{suffix}"},
        ),
    log:
        RUN.paths.log("tables/{study}/timings-by-model-{suffix}"),
    wildcard_constraints:
        suffix="csv|md|tex",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="write_timings",
        job=lambda w: RUN.set_params("write_timings", w.study, True, suffix=w.suffix),
        stamp=lambda w: RUN.stamp("write_timings", w.study),
    message:
        "timings by model ({wildcards.suffix}) of {wildcards.study}"
    script:
        "../workflow/scripts/write_timings.py"


rule compare_with_published:
    input:
        RUN.paths.table("{study}/scores.csv"),
    output:
        RUN.paths.table("{study}/{what}.csv"),
    log:
        RUN.paths.log("tables/{study}/{what}"),
    wildcard_constraints:
        what="published|published-ranks",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="compare_with_published",
        job=lambda w: RUN.published_params(w.study, w.what),
    message:
        "{wildcards.what} of {wildcards.study}"
    script:
        "../workflow/scripts/compare_with_published.py"


rule write_published:
    input:
        cells=RUN.paths.table("{study}/published.csv"),
        ranks=RUN.paths.table("{study}/published-ranks.csv"),
    output:
        report(
            RUN.paths.table("{study}/published.{suffix}"),
            caption="../workflow/report/published.rst",
            category="{study}",
            subcategory="published",
            labels={"table": "published", "format": "{suffix}"},
        ),
    log:
        RUN.paths.log("tables/{study}/published-{suffix}"),
    wildcard_constraints:
        suffix="md|tex",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="write_published",
        job=lambda w: RUN.draw_params("write_published", w.study, suffix=w.suffix),
        stamp=lambda w: RUN.stamp("write_published", w.study),
    message:
        "printed numbers beside ours ({wildcards.suffix}): {wildcards.study}"
    script:
        "../workflow/scripts/write_published.py"


rule draw_published:
    input:
        cells=RUN.paths.table("{study}/published.csv"),
        ranks=RUN.paths.table("{study}/published-ranks.csv"),
    output:
        report(
            RUN.paths.figure("{study}/published/{block}.{suffix}"),
            caption="../workflow/report/published.rst",
            category="{study}",
            subcategory="published",
            labels={"block": "{block}", "format": "{suffix}"},
        ),
    log:
        RUN.paths.log("figures/{study}/published/{block}-{suffix}"),
    wildcard_constraints:
        suffix="pdf|png|svg",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.table_memory_mb(w.study, attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="draw_published",
        job=lambda w: RUN.draw_params("draw_published", w.study, block=w.block),
        stamp=lambda w: RUN.stamp("draw_published", w.study),
        suffix="{suffix}",
    message:
        "printed numbers against ours: {wildcards.study}, {wildcards.block}"
    script:
        "../workflow/scripts/draw_published.py"
