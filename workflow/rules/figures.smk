"""Figures of paper A: each script draws finished tables, one figure per study (or dataset)."""


def study_datasets(wildcards):
    """Names of the datasets of a study."""
    return [dataset.name for dataset in STUDIES[wildcards.study].datasets]


def per_dataset(pattern):
    """Input function: the files of all datasets of a study, from a pattern with {dataset}."""
    return lambda wildcards: expand(f"{RUN}/{pattern}", dataset=study_datasets(wildcards))


def middle_experiments(wildcards):
    """The number of experiments that is shown where one must stand for all."""
    numbers = list(STUDIES[wildcards.study].experiments)
    return numbers[len(numbers) // 2]


def shown_curves(wildcards):
    """Labels of the curves among the example fits: mean field, each rate alone, joined."""
    study = STUDIES[wildcards.study]
    joined = [f"{learner}/n{middle_experiments(wildcards)}" for learner in study.settings["learners"]]
    return [REFERENCE, *alone_labels(study), *joined]


figures = [
    *expand(f"{RUN}/figures/{{figure}}/{{study}}.svg", figure=["example_fits", "trajectory_errors"], study=STUDIES),
    *expand(f"{RUN}/figures/coefficients/{{study}}.svg", study=STUDIES),
    *expand(f"{RUN}/figures/parameter_inference/{{study}}.svg", study=SIMULATED),
    *expand(
        f"{RUN}/figures/snapshots/{{dataset}}.svg", dataset=[d for d in DATASETS if DATASETS[d].study in SIMULATED]
    ),
]


rule figure_example_fits:
    """Example fits: data and curves of learned equations (N1)."""
    input:
        tables=per_dataset("tables/example_fits/{dataset}.csv"),
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
        mem_mb=1000,
        runtime=5,
        gpu=0,
    params:
        datasets=study_datasets,
        curves=shown_curves,
        code=fingerprint("figure_example_fits.py"),
    script:
        "../scripts/figure_example_fits.py"


rule figure_coefficients:
    """Coefficients over the parameter (N2)."""
    input:
        coefficients=per_dataset("tables/coefficients/{dataset}.csv"),
        points=lambda wildcards: [alone_of(dataset) for dataset in study_datasets(wildcards)],
    output:
        svg=report(
            f"{RUN}/figures/coefficients/{{study}}.svg",
            caption="../report/coefficients.rst",
            category="Learned equations",
            labels={"figure": "coefficients (N2)", "study": "{study}"},
        ),
        png=f"{RUN}/figures/coefficients/{{study}}.png",
    log:
        f"{RUN}/logs/figure_coefficients/{{study}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
        gpu=0,
    params:
        datasets=study_datasets,
        learner="oat.refined",
        code=fingerprint("figure_coefficients.py"),
    script:
        "../scripts/figure_coefficients.py"


rule figure_trajectory_errors:
    """Trajectory error over the parameter (N6)."""
    input:
        errors=per_dataset("tables/trajectory_errors/{dataset}.csv"),
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
        mem_mb=1000,
        runtime=5,
        gpu=0,
    params:
        datasets=study_datasets,
        sampled=lambda wildcards: STUDIES[wildcards.study].experiments,
        code=fingerprint("figure_trajectory_errors.py"),
    script:
        "../scripts/figure_trajectory_errors.py"


rule figure_parameter_inference:
    """Relative error of inferred parameters (N8)."""
    input:
        summaries=per_dataset("tables/inference/{dataset}.csv"),
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
        mem_mb=1000,
        runtime=5,
        gpu=0,
    params:
        datasets=study_datasets,
        code=fingerprint("figure_parameter_inference.py"),
    script:
        "../scripts/figure_parameter_inference.py"


rule figure_snapshots:
    """Lattices beside the mean field (S2)."""
    input:
        snapshots=lambda wildcards: f"{RUN}/simulations/{DATASETS[wildcards.dataset].study}"
        f"/c{decimal_text(DATASETS[wildcards.dataset].initial_density)}/snapshots.nc",
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
        mem_mb=1000,
        runtime=5,
        gpu=0,
    params:
        code=fingerprint("figure_snapshots.py"),
    script:
        "../scripts/figure_snapshots.py"
