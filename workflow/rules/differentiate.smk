"""Datasets: trajectories with their derivative as target."""


rule differentiate:
    """Differentiate every trajectory of a dataset by the study's method, unless the data hold rates."""
    input:
        trajectories=plan.trajectories_file,
    output:
        dataset=f"{RUN}/datasets/{{dataset}}.nc",
    log:
        f"{RUN}/logs/differentiate/{{dataset}}.log",
    benchmark:
        f"{RUN}/benchmarks/differentiate/{{dataset}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
        gpu=0,
    params:
        method=plan.study_property("differentiation"),
        code=fingerprint("differentiate.py"),
    script:
        "../scripts/differentiate.py"
