"""Files from elsewhere, each pinned in config/datasets.yaml.

Fetched where snakemake runs, never by a job of a cluster, and shared by all presets. A file that is
there is never fetched again: its checksum says what it is, not the code that fetched it.
"""


localrules:
    download_dataset,
    download_div2k,
    download_ct,
    download_dragon,
    download_audio,
    download_lpips,


# Of collections that are not named below.
rule download_dataset:
    output:
        RUN.data_files.pattern,
    log:
        RUN.paths.log("downloads/{file}"),
    wildcard_constraints:
        file=any_of(
            RUN.catalogue.paths(but=["div2k", "ct", "dragon", "audio", "lpips"])
        ),
    conda:
        "../envs/cpu.yaml"
    params:
        rule="download_dataset",
        job=lambda w: RUN.params.download(w.file),
    message:
        "download {wildcards.file}"
    script:
        "../workflow/scripts/download_dataset.py"


use rule download_dataset as download_div2k with:
    wildcard_constraints:
        file=any_of(RUN.catalogue.paths("div2k")),


use rule download_dataset as download_ct with:
    wildcard_constraints:
        file=any_of(RUN.catalogue.paths("ct")),


use rule download_dataset as download_dragon with:
    wildcard_constraints:
        file=any_of(RUN.catalogue.paths("dragon")),


use rule download_dataset as download_audio with:
    wildcard_constraints:
        file=any_of(RUN.catalogue.paths("audio")),


use rule download_dataset as download_lpips with:
    wildcard_constraints:
        file=any_of(RUN.catalogue.paths("lpips")),
