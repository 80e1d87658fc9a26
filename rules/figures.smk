"""Figures and tables for readers, files for players and viewers: of presets and of analyses.

Which there are, what they read and what is said of them stands in the library, one file a kind.
"""

FIGURE = Lookups("figure", RUN, THROUGHPUT, KERNELS)
TABLE = Lookups("table", RUN, THROUGHPUT)
MEDIA = Lookups("media", RUN)


rule draw_figure:
    input:
        unpack(FIGURE.inputs),
    output:
        report(
            FIGURE.output,
            caption="../workflow/report/entry.rst",
            category=FIGURE.category,
            subcategory=FIGURE.subcategory,
            labels=FIGURE.labels,
        ),
    log:
        FIGURE.log,
    wildcard_constraints:
        root=FIGURE.roots,
        figure=FIGURE.any_of("figure"),
    cache: CACHE
    group:
        on_cluster(FIGURE.group)
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=FIGURE.memory_mb,
        runtime=FIGURE.minutes,
    params:
        identity=FIGURE.identity,
        job=FIGURE.params,
        made_of=FIGURE.made_of,
        stamp=FIGURE.stamp,
        caption=FIGURE.caption,
    message:
        "figure {wildcards.figure}"
    script:
        "../workflow/scripts/draw_figure.py"


rule write_table:
    input:
        unpack(TABLE.inputs),
    output:
        report(
            TABLE.output,
            caption="../workflow/report/entry.rst",
            category=TABLE.category,
            subcategory=TABLE.subcategory,
            labels=TABLE.labels,
        ),
    log:
        TABLE.log,
    wildcard_constraints:
        root=TABLE.roots,
        table=TABLE.any_of("table"),
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=TABLE.memory_mb,
        runtime=TABLE.minutes,
    params:
        identity=TABLE.identity,
        job=TABLE.params,
        stamp=TABLE.stamp,
        caption=TABLE.caption,
    message:
        "table {wildcards.table}"
    script:
        "../workflow/scripts/write_table.py"


rule export_media:
    input:
        unpack(MEDIA.inputs),
    output:
        MEDIA.output,
    log:
        MEDIA.log,
    wildcard_constraints:
        folder=any_of(MEDIA.row.folders),
    cache: CACHE
    group:
        on_cluster(MEDIA.group)
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=MEDIA.memory_mb,
        runtime=MEDIA.minutes,
    params:
        identity=MEDIA.identity,
        job=MEDIA.params,
        made_of=MEDIA.made_of,
        stamp=MEDIA.stamp,
    message:
        "{wildcards.folder}: {wildcards.piece}"
    script:
        "../workflow/scripts/export_media.py"
