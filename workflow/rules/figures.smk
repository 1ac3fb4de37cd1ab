"""Figures of paper A: each script draws finished tables, one figure per study (or dataset)."""


rule figure_example_fits:
    """Example fits: data and curves of learned equations (N1)."""
    input:
        tables=plan.per_dataset("tables/example_fits"),
        verdicts=f"{RUN}/tables/verdicts/{{study}}.csv",
    output:
        svg=report(
            f"{RUN}/figures/example_fits/{{study}}.svg",
            caption="../report/example_fits.rst",
            category=EQUATIONS,
            labels={"result": "N1 example fits", "data": "{study}", "protocol": "all"},
        ),
        png=f"{RUN}/figures/example_fits/{{study}}.png",
    log:
        f"{RUN}/logs/figure_example_fits/{{study}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        datasets=plan.study_datasets,
        curves=plan.shown_curves,
        labels=plan.figure_labels,
        code=fingerprint("figure_example_fits.py"),
    script:
        "../scripts/figure_example_fits.py"


rule figure_coefficients:
    """Coefficients over the parameter (N2, N3)."""
    input:
        coefficients=plan.per_dataset("tables/coefficients"),
        points=plan.points_files,
        verdicts=f"{RUN}/tables/verdicts/{{study}}.csv",
    output:
        svg=report(
            f"{RUN}/figures/coefficients/{{study}}.{{learner}}.{{protocol}}.svg",
            caption="../report/coefficients.rst",
            category=EQUATIONS,
            labels=plan.coefficient_labels,
        ),
        png=f"{RUN}/figures/coefficients/{{study}}.{{learner}}.{{protocol}}.png",
    log:
        f"{RUN}/logs/figure_coefficients/{{study}}.{{learner}}.{{protocol}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        datasets=plan.study_datasets,
        learner=lambda wildcards: f"{wildcards.learner}.{wildcards.protocol}",
        labels=plan.figure_labels,
        code=fingerprint("figure_coefficients.py"),
    script:
        "../scripts/figure_coefficients.py"


rule figure_trajectory_errors:
    """Trajectory error over the parameter (N6)."""
    input:
        errors=plan.per_dataset("tables/trajectory_errors"),
        verdicts=f"{RUN}/tables/verdicts/{{study}}.csv",
    output:
        svg=report(
            f"{RUN}/figures/trajectory_errors/{{study}}.svg",
            caption="../report/trajectory_errors.rst",
            category=ERRORS,
            labels={"result": "N6 trajectory errors", "data": "{study}", "protocol": "all"},
        ),
        png=f"{RUN}/figures/trajectory_errors/{{study}}.png",
    log:
        f"{RUN}/logs/figure_trajectory_errors/{{study}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        datasets=plan.study_datasets,
        sampled=lambda wildcards: plan.study(wildcards).experiments,
        labels=plan.figure_labels,
        code=fingerprint("figure_trajectory_errors.py"),
    script:
        "../scripts/figure_trajectory_errors.py"


rule figure_parameter_inference:
    """Relative error of inferred parameters (N8)."""
    input:
        summaries=plan.per_dataset("tables/inference"),
        medians=plan.per_dataset("tables/inference_medians"),
    output:
        svg=report(
            f"{RUN}/figures/parameter_inference/{{study}}.svg",
            caption="../report/parameter_inference.rst",
            category=INFERENCE,
            labels={"result": "N8 errors of inferred rates", "data": "{study}", "protocol": "all"},
        ),
        png=f"{RUN}/figures/parameter_inference/{{study}}.png",
    log:
        f"{RUN}/logs/figure_parameter_inference/{{study}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        datasets=plan.study_datasets,
        code=fingerprint("figure_parameter_inference.py"),
    script:
        "../scripts/figure_parameter_inference.py"


rule figure_snapshots:
    """Lattices beside the mean field (S2)."""
    input:
        snapshots=plan.simulation_file("snapshots"),
    output:
        svg=report(
            f"{RUN}/figures/snapshots/{{dataset}}.svg",
            caption="../report/snapshots.rst",
            category=DATA,
            labels={"result": "S2 lattices", "data": "{dataset}", "protocol": "none"},
        ),
        png=f"{RUN}/figures/snapshots/{{dataset}}.png",
    log:
        f"{RUN}/logs/figure_snapshots/{{dataset}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        code=fingerprint("figure_snapshots.py"),
    script:
        "../scripts/figure_snapshots.py"


rule figure_structures:
    """How often each structure is learned (N4)."""
    input:
        structures=f"{RUN}/tables/structures/{{study}}.csv",
    output:
        svg=report(
            f"{RUN}/figures/structures/{{study}}.svg",
            caption="../report/structures.rst",
            category=EQUATIONS,
            labels={"result": "N4 structures learned", "data": "{study}", "protocol": "all"},
        ),
        png=f"{RUN}/figures/structures/{{study}}.png",
    log:
        f"{RUN}/logs/figure_structures/{{study}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        code=fingerprint("figure_structures.py"),
    script:
        "../scripts/figure_structures.py"


rule figure_joining:
    """How coefficients are joined: kept, dropped, and the joined curve (N5)."""
    input:
        coefficients=f"{RUN}/tables/coefficients/{{dataset}}.csv",
        points=plan.joined_files,
        verdicts=lambda wildcards: judged.table(plan.dataset(wildcards).study),
    output:
        svg=report(
            f"{RUN}/figures/joining/{{dataset}}.svg",
            caption="../report/joining.rst",
            category=EQUATIONS,
            labels={"result": "N5 joined coefficients", "data": "{dataset}", "protocol": "all"},
        ),
        png=f"{RUN}/figures/joining/{{dataset}}.png",
    log:
        f"{RUN}/logs/figure_joining/{{dataset}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        joined=plan.joined_labels,
        labels=plan.figure_labels,
        code=fingerprint("figure_joining.py"),
    script:
        "../scripts/figure_joining.py"


rule figure_errors_by_experiments:
    """Trajectory error of ES ME-EQL over the parameter, by number of experiments (N7)."""
    input:
        errors=plan.per_dataset("tables/trajectory_errors"),
        verdicts=f"{RUN}/tables/verdicts/{{study}}.csv",
    output:
        svg=report(
            f"{RUN}/figures/errors_by_experiments/{{study}}.svg",
            caption="../report/errors_by_experiments.rst",
            category=ERRORS,
            labels={"result": "N7 ES by experiments", "data": "{study}", "protocol": "all"},
        ),
        png=f"{RUN}/figures/errors_by_experiments/{{study}}.png",
    log:
        f"{RUN}/logs/figure_errors_by_experiments/{{study}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        datasets=plan.study_datasets,
        learners=lambda wildcards: plan.study(wildcards).learners_of("es"),
        labels=plan.figure_labels,
        code=fingerprint("figure_errors_by_experiments.py"),
    script:
        "../scripts/figure_errors_by_experiments.py"


rule figure_information:
    """What is learned, and how well, over initial densities."""
    input:
        table=f"{RUN}/tables/information.csv",
    output:
        svg=report(
            f"{RUN}/figures/information.svg",
            caption="../report/information.rst",
            category=INFORMATION,
            labels={
                "result": "over initial densities",
                "data": "all simulations",
                "protocol": "all",
            },
        ),
        png=f"{RUN}/figures/information.png",
    log:
        f"{RUN}/logs/figure_information.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        code=fingerprint("figure_information.py"),
    script:
        "../scripts/figure_information.py"
