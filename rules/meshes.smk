"""Surfaces of bodies as meshes, for viewers of such."""


rule write_mesh:
    input:
        once(lambda w: RUN.mesh_source(w.study, w.task, w.family, w.body)),
    output:
        RUN.paths.mesh("{study}/{task}/{family}{body}.ply"),
    log:
        RUN.paths.log("meshes/{study}/{task}/{family}{body}"),
    wildcard_constraints:
        body=f"(/({any_of(RUN.models)}))?",
    cache: CACHE
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=once(
            lambda w, attempt: RUN.picture_memory_mb(
                [RUN.mesh_cell(w.study, w.task, w.family, w.body)], attempt
            )
        ),
        runtime=once(lambda w, attempt: RUN.light_minutes(attempt)),
    params:
        rule="write_mesh",
        job=once(lambda w: RUN.mesh_params(w.study, w.task, w.family, w.body)),
        made_of=once(
            lambda w: [
                RUN.mesh_origin(
                    RUN.mesh_cell(w.study, w.task, w.family, w.body), w.body
                )
            ]
        ),
        stamp=once(
            lambda w: RUN.mesh_stamp(
                w.study, RUN.mesh_cell(w.study, w.task, w.family, w.body), w.body
            )
        ),
    message:
        "mesh of {wildcards.study}, {wildcards.task}, {wildcards.family}{wildcards.body}"
    script:
        "../workflow/scripts/write_mesh.py"
