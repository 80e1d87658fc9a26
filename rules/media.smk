"""Sounds and videos: the truth, and what each fit of a gallery made of it."""


rule write_sound:
    input:
        lambda w: RUN.piece_file(piece(w)),
    output:
        RUN.paths.piece("sound", "{study}/{task}/{family}/{piece}.wav"),
    log:
        RUN.paths.log("sounds/{study}/{task}/{family}/{piece}"),
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.picture_memory_mb([piece(w).cell], attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="write_sound",
        job=once(lambda w: RUN.piece_params(piece(w))),
        made_of=once(lambda w: RUN.of_piece(piece(w))),
        stamp=once(lambda w: RUN.piece_stamp(piece(w))),
    message:
        "sound {wildcards.piece} of {wildcards.study}, {wildcards.task}, {wildcards.family}"
    script:
        "../workflow/scripts/write_sound.py"


rule write_video:
    input:
        lambda w: RUN.piece_file(piece(w)),
    output:
        RUN.paths.piece("video", "{study}/{task}/{family}/{piece}.mp4"),
    log:
        RUN.paths.log("videos/{study}/{task}/{family}/{piece}"),
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(lambda w, attempt: RUN.picture_memory_mb([piece(w).cell], attempt)),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="write_video",
        job=once(lambda w: RUN.piece_params(piece(w))),
        made_of=once(lambda w: RUN.of_piece(piece(w))),
        stamp=once(lambda w: RUN.piece_stamp(piece(w))),
    message:
        "video {wildcards.piece} of {wildcards.study}, {wildcards.task}, {wildcards.family}"
    script:
        "../workflow/scripts/write_video.py"
