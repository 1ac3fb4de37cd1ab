"""Scores and tables that figures and verification draw from."""


rule score_trajectories:
    """Score every equation of a dataset on its trajectories at all parameter values."""
    input:
        dataset=f"{RUN}/datasets/{{dataset}}.nc",
        equations=plan.equation_files,
        alone=plan.alone_files,
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
        mem_mb=growing(1000),
        runtime=growing(10),
        gpu=0,
    params:
        labels=plan.labels,
        alone_labels=plan.alone_labels,
        shown=plan.study_property("examples"),
        time_scale=plan.study_property("time_scale"),
        code=fingerprint("score_trajectories.py"),
    script:
        "../scripts/score_trajectories.py"


rule tabulate_coefficients:
    """Tabulate the coefficients of all equations of a dataset over the parameter."""
    input:
        equations=plan.equation_files,
    output:
        coefficients=f"{RUN}/tables/coefficients/{{dataset}}.csv",
    log:
        f"{RUN}/logs/tabulate_coefficients/{{dataset}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        labels=plan.labels,
        span=lambda wildcards: [plan.study(wildcards).values[0], plan.study(wildcards).values[-1]],
        code=fingerprint("tabulate_coefficients.py"),
    script:
        "../scripts/tabulate_coefficients.py"


rule summarise_inference:
    """Summarise the inferred parameters of a dataset over the runs of each parameter value."""
    input:
        estimates=lambda wildcards: plan.estimate_files(wildcards.dataset),
    output:
        summary=f"{RUN}/tables/inference/{{dataset}}.csv",
    log:
        f"{RUN}/logs/summarise_inference/{{dataset}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        labels=lambda wildcards: plan.inference_labels(wildcards.dataset),
        code=fingerprint("summarise_inference.py"),
    script:
        "../scripts/summarise_inference.py"


rule tabulate_recovery:
    """Count how often the true structure is learned, where the truth is known."""
    input:
        datasets=plan.per_dataset("datasets", "nc"),
        alone=lambda wildcards: [path for _, path in plan.alone_of(plan.study_datasets(wildcards))],
    output:
        recovery=f"{RUN}/tables/recovery/{{study}}.csv",
    log:
        f"{RUN}/logs/tabulate_recovery/{{study}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        datasets=plan.study_datasets,
        labels=lambda wildcards: [label for label, _ in plan.alone_of(plan.study_datasets(wildcards))],
        code=fingerprint("tabulate_recovery.py"),
    script:
        "../scripts/tabulate_recovery.py"
