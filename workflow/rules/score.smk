"""Scores and tables that figures and verification draw from."""

# Equations that infer parameters are compared over initial densities, too.
INFERRING, FROM = inference.inferring_equations(SIMULATED_DATASETS), inference.inferring_tables(SIMULATED_DATASETS)


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
        growth_share=plan.study_property("growth_share"),
        code=fingerprint("score_trajectories.py"),
    script:
        "../scripts/score_trajectories.py"


rule tabulate_verdicts:
    """Tabulate what data say about every equation of a study."""
    input:
        equations=judged.files,
    output:
        verdicts=f"{RUN}/tables/verdicts/{{study}}.csv",
    log:
        f"{RUN}/logs/tabulate_verdicts/{{study}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        labels=judged.labels,
        code=fingerprint("tabulate_verdicts.py"),
    script:
        "../scripts/tabulate_verdicts.py"


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
        time_scale=plan.study_property("time_scale"),
        code=fingerprint("tabulate_coefficients.py"),
    script:
        "../scripts/tabulate_coefficients.py"


rule summarise_inference:
    """Summarise the inferred parameters of a dataset: of each parameter value, and over all."""
    input:
        estimates=lambda wildcards: inference.estimate_files(wildcards.dataset),
    output:
        summary=f"{RUN}/tables/inference/{{dataset}}.csv",
        medians=f"{RUN}/tables/inference_medians/{{dataset}}.csv",
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
        labels=lambda wildcards: inference.estimate_labels(wildcards.dataset),
        limit=lambda wildcards: inference.limit_label(wildcards.dataset),
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


rule tabulate_structures:
    """Count how often each structure is learned, over bands of the parameter."""
    input:
        alone=lambda wildcards: [path for _, path in plan.alone_of(plan.study_datasets(wildcards))],
        published=PUBLISHED / "me_eql_oat_structures.csv",
    output:
        structures=f"{RUN}/tables/structures/{{study}}.csv",
    log:
        f"{RUN}/logs/tabulate_structures/{{study}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        labels=lambda wildcards: [label for label, _ in plan.alone_of(plan.study_datasets(wildcards))],
        places=publication.of_study,
        code=fingerprint("tabulate_structures.py"),
    script:
        "../scripts/tabulate_structures.py"


rule tabulate_embedded_equations:
    """Tabulate the equations of ES ME-EQL beside the published ones (T1)."""
    input:
        equations=[path for _, path in plan.embedded_equations()],
        published=PUBLISHED / "me_eql_es_equations.csv",
    output:
        table=f"{RUN}/tables/embedded_equations.csv",
        page=report(
            f"{RUN}/pages/embedded_equations.html",
            caption="../report/embedded_equations.rst",
            category=EQUATIONS,
            labels={"result": "T1 equations of ES", "data": "all", "protocol": "all"},
        ),
    log:
        f"{RUN}/logs/tabulate_embedded_equations.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        labels=[label for label, _ in plan.embedded_equations()],
        places=publication.by_dataset(),
        code=fingerprint("tabulate_embedded_equations.py"),
    script:
        "../scripts/tabulate_embedded_equations.py"


rule tabulate_inference_examples:
    """Tabulate relative errors of inferred parameters beside the published ones (T2)."""
    input:
        summaries=expand(f"{RUN}/tables/inference/{{dataset}}.csv", dataset=SIMULATED_DATASETS),
        published=PUBLISHED / "me_eql_inference_errors.csv",
    output:
        table=f"{RUN}/tables/inference_examples.csv",
        page=report(
            f"{RUN}/pages/inference_examples.html",
            caption="../report/inference_examples.rst",
            category=INFERENCE,
            labels={"result": "T2 errors at three rates", "data": "simulations", "protocol": "all"},
        ),
    log:
        f"{RUN}/logs/tabulate_inference_examples.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        datasets=SIMULATED_DATASETS,
        shown=[plan.studies[plan.datasets[name].study].settings["examples"] for name in SIMULATED_DATASETS],
        places=publication.by_dataset(),
        code=fingerprint("tabulate_inference_examples.py"),
    script:
        "../scripts/tabulate_inference_examples.py"


rule ablate_refinements:
    """Switch off each refinement alone, and score what is then learned."""
    input:
        dataset=f"{RUN}/datasets/{{dataset}}.nc",
        single_runs=inference.single_runs_files,
    output:
        ablation=f"{RUN}/tables/ablation/{{dataset}}.csv",
        page=report(
            f"{RUN}/pages/ablation/{{dataset}}.html",
            caption="../report/ablation.rst",
            category=REFINEMENTS,
            labels={"result": "each refinement switched off", "data": "{dataset}", "protocol": "refined"},
        ),
    log:
        f"{RUN}/logs/ablate_refinements/{{dataset}}.log",
    benchmark:
        f"{RUN}/benchmarks/ablate_refinements/{{dataset}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
        gpu=0,
    params:
        values=inference.ablation_values,
        settings={"oat": config["learners"]["oat.refined"], "es": config["learners"]["es.refined"]},
        bounds=lambda wildcards: plan.study(wildcards).settings.get("inference", {}).get("bounds"),
        code=fingerprint("ablate_refinements.py"),
    script:
        "../scripts/ablate_refinements.py"


rule tabulate_information:
    """Tabulate what is learned, and how well, over initial densities."""
    input:
        datasets=expand(f"{RUN}/datasets/{{dataset}}.nc", dataset=SIMULATED_DATASETS),
        equations=[path for _, path in INFERRING],
        alone=[path for _, path in FROM],
        errors=expand(f"{RUN}/tables/trajectory_errors/{{dataset}}.csv", dataset=SIMULATED_DATASETS),
        inference=expand(f"{RUN}/tables/inference/{{dataset}}.csv", dataset=SIMULATED_DATASETS),
    output:
        table=f"{RUN}/tables/information.csv",
    log:
        f"{RUN}/logs/tabulate_information.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        datasets=SIMULATED_DATASETS,
        labels=[label for label, _ in INFERRING],
        alone=[label for label, _ in FROM],
        code=fingerprint("tabulate_information.py"),
    script:
        "../scripts/tabulate_information.py"
