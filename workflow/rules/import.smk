"""Users' tables: the file that a study of kind table names -> imported/{dataset}.nc"""


rule import_table:
    """Turn a user's table into trajectories, averaged over replicates."""
    input:
        table=plan.study_property("path"),
    output:
        trajectories=f"{RUN}/imported/{{dataset}}.nc",
    log:
        f"{RUN}/logs/import_table/{{dataset}}.log",
    benchmark:
        f"{RUN}/benchmarks/import_table/{{dataset}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
        gpu=0,
    params:
        columns=plan.setting("columns"),
        quantities=plan.study_property("quantities"),
        initial_state=plan.setting("initial_state"),
        time_scale=plan.study_property("time_scale"),
        code=fingerprint("import_table.py"),
    script:
        "../scripts/import_table.py"
