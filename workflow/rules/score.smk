"""Scores and tables that figures and verification draw from."""


def alone_labels(study):
    """Labels of the equations per parameter value, from the largest number of experiments."""
    return [f"{learner}.alone/n{max(study.experiments)}" for learner in study.settings["learners"] if is_oat(learner)]


def is_oat(learner):
    """Whether a learner gives an equation per parameter value, too."""
    return learner.startswith("oat.")


def alone_of(dataset, learner="oat.refined"):
    """Table of the equations per parameter value of a dataset, from the largest number of experiments."""
    most = max(STUDIES[DATASETS[dataset].study].experiments)
    return f"{RUN}/equations/{dataset}/{learner}/n{most}.per_parameter.csv"


rule score_trajectories:
    """Score every equation of a dataset on its trajectories at all parameter values."""
    input:
        dataset=f"{RUN}/datasets/{{dataset}}.nc",
        equations=equation_files,
        alone=lambda wildcards: [
            alone_of(wildcards.dataset, learner)
            for learner in study_of(wildcards).settings["learners"]
            if is_oat(learner)
        ],
    output:
        errors=f"{RUN}/tables/trajectory_errors/{{dataset}}.csv",
        examples=f"{RUN}/tables/example_fits/{{dataset}}.csv",
    log:
        f"{RUN}/logs/score_trajectories/{{dataset}}.log",
    benchmark:
        f"{RUN}/benchmarks/score_trajectories/{{dataset}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
        gpu=0,
    params:
        labels=labels,
        alone_labels=lambda wildcards: alone_labels(study_of(wildcards)),
        shown=study_setting("examples"),
        time_scale=lambda wildcards: 1 - study_of(wildcards).settings["death_fraction"],
        code=fingerprint("score_trajectories.py"),
    script:
        "../scripts/score_trajectories.py"


rule tabulate_coefficients:
    """Tabulate the coefficients of all equations of a dataset over the parameter."""
    input:
        equations=equation_files,
    output:
        coefficients=f"{RUN}/tables/coefficients/{{dataset}}.csv",
    log:
        f"{RUN}/logs/tabulate_coefficients/{{dataset}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
        gpu=0,
    params:
        labels=labels,
        span=lambda wildcards: [study_of(wildcards).values[0], study_of(wildcards).values[-1]],
        code=fingerprint("tabulate_coefficients.py"),
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
    log:
        f"{RUN}/logs/summarise_inference/{{dataset}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
        gpu=0,
    params:
        labels=lambda wildcards: inference_labels(wildcards.dataset),
        code=fingerprint("summarise_inference.py"),
    script:
        "../scripts/summarise_inference.py"


rule tabulate_recovery:
    """Count how often the true structure is learned, where the truth is known."""
    input:
        datasets=lambda wildcards: [f"{RUN}/datasets/{d.name}.nc" for d in STUDIES[wildcards.study].datasets],
        alone=lambda wildcards: [alone_of(d.name) for d in STUDIES[wildcards.study].datasets],
    output:
        recovery=f"{RUN}/tables/recovery/{{study}}.csv",
    log:
        f"{RUN}/logs/tabulate_recovery/{{study}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
        gpu=0,
    params:
        code=fingerprint("tabulate_recovery.py"),
    script:
        "../scripts/tabulate_recovery.py"
