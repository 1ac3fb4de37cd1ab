"""Datasets: trajectories with their derivative as target."""


def trajectories_file(wildcards):
    """Trajectories of a dataset, simulated or sampled."""
    dataset = DATASETS[wildcards.dataset]
    if dataset.study in SIMULATED:
        return f"{RUN}/simulations/{dataset.study}/c{decimal_text(dataset.initial_density)}/averages.nc"
    return f"{RUN}/simulations/mean_field/{wildcards.dataset}.nc"


rule differentiate:
    """Differentiate every trajectory of a dataset by the study's method."""
    input:
        trajectories=trajectories_file,
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
        mem_mb=1000,
        runtime=10,
        gpu=0,
    params:
        method=study_setting("differentiation"),
        code=fingerprint("differentiate.py"),
    script:
        "../scripts/differentiate.py"
