"""Scores and tables that figures and verification draw from."""


def alone_labels(wildcards):
    """Labels of the equations per parameter value, from the largest number of experiments."""
    study = study_of(wildcards)
    return [f"{learner}.alone/n{max(study.experiments)}" for learner in study.settings["learners"]]


def alone_files(wildcards):
    """Tables of the equations per parameter value, in the order of ``alone_labels``."""
    folder = f"{RUN}/equations/{wildcards.dataset}"
    return [f"{folder}/{label.replace('.alone', '')}.per_parameter.csv" for label in alone_labels(wildcards)]


rule score_trajectories:
    """Score every equation of a dataset on its trajectories at all parameter values."""
    input:
        dataset=f"{RUN}/datasets/{{dataset}}.nc",
        equations=equation_files,
        alone=alone_files,
    output:
        errors=f"{RUN}/tables/trajectory_errors/{{dataset}}.csv",
        examples=f"{RUN}/tables/example_fits/{{dataset}}.csv",
    params:
        labels=labels,
        alone_labels=alone_labels,
        shown=study_setting("examples"),
        time_scale=lambda wildcards: 1 - study_of(wildcards).settings["death_fraction"],
        code=fingerprint("score_trajectories.py"),
    log:
        f"{RUN}/logs/score_trajectories/{{dataset}}.log",
    benchmark:
        f"{RUN}/benchmarks/score_trajectories/{{dataset}}.tsv"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
        gpu=0,
    conda:
        "../../envs/numerics.yaml"
    script:
        "../scripts/score_trajectories.py"


rule tabulate_coefficients:
    """Tabulate the coefficients of all equations of a dataset over the parameter."""
    input:
        equations=equation_files,
    output:
        coefficients=f"{RUN}/tables/coefficients/{{dataset}}.csv",
    params:
        labels=labels,
        span=lambda wildcards: [study_of(wildcards).values[0], study_of(wildcards).values[-1]],
        code=fingerprint("tabulate_coefficients.py"),
    log:
        f"{RUN}/logs/tabulate_coefficients/{{dataset}}.log",
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
        gpu=0,
    conda:
        "../../envs/numerics.yaml"
    script:
        "../scripts/tabulate_coefficients.py"


rule summarise_inference:
    """Summarise the inferred parameters of a dataset over the runs of each parameter value."""
    input:
        estimates=lambda wildcards: [
            f"{RUN}/inference/{wildcards.dataset}/{label}.csv" for label in inference_labels(wildcards.dataset)
        ],
    output:
        summary=f"{RUN}/tables/inference/{{dataset}}.csv",
    params:
        labels=lambda wildcards: inference_labels(wildcards.dataset),
        code=fingerprint("summarise_inference.py"),
    log:
        f"{RUN}/logs/summarise_inference/{{dataset}}.log",
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
        gpu=0,
    conda:
        "../../envs/numerics.yaml"
    script:
        "../scripts/summarise_inference.py"
