"""Figures of paper A: each script draws finished tables, one figure per study (or dataset)."""


rule figure_example_fits:
    """Example fits: data and curves of learned equations (N1)."""
    input:
        tables=plan.per_dataset("tables/example_fits"),
    output:
        svg=report(
            f"{RUN}/figures/example_fits/{{study}}.svg",
            caption="../report/example_fits.rst",
            category="Learned equations",
            labels={"figure": "example fits (N1)", "study": "{study}"},
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
    """Coefficients over the parameter (N2)."""
    input:
        coefficients=plan.per_dataset("tables/coefficients"),
        points=lambda wildcards: [
            plan.alone_file(name, f"{wildcards.learner}.{wildcards.protocol}")
            for name in plan.study_datasets(wildcards)
        ],
    output:
        svg=report(
            f"{RUN}/figures/coefficients/{{study}}.{{learner}}.{{protocol}}.svg",
            caption="../report/coefficients.rst",
            category="Learned equations",
            labels={"figure": "coefficients (N2)", "study": "{study}, {learner}.{protocol}"},
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
    output:
        svg=report(
            f"{RUN}/figures/trajectory_errors/{{study}}.svg",
            caption="../report/trajectory_errors.rst",
            category="Errors",
            labels={"figure": "trajectory errors (N6)", "study": "{study}"},
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
    output:
        svg=report(
            f"{RUN}/figures/parameter_inference/{{study}}.svg",
            caption="../report/parameter_inference.rst",
            category="Errors",
            labels={"figure": "parameter inference (N8)", "study": "{study}"},
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
            category="Simulations",
            labels={"figure": "lattices (S2)", "study": "{dataset}"},
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
