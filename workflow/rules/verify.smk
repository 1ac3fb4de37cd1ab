"""Against the publications: verification.csv, and a summary of the run."""

PLACES = plan.published_places()
INFERRED, ALONE, EMBEDDED = plan.published_inference(), plan.published_structures(), plan.published_embedded()
LEARNED = [(dataset, label) for dataset in plan.datasets for label in plan.learned_labels(dataset)]
SIMULATED_DATASETS = [dataset.name for name in SIMULATED for dataset in plan.studies[name].datasets]
PUBLISHED = Path(relpath(workflow.basedir)) / "config" / "published"


rule verify:
    """Compare every published number with ours."""
    input:
        criteria=PUBLISHED / "criteria.csv",
        published=[
            PUBLISHED / "me_eql_mse_medians.csv",
            PUBLISHED / "me_eql_inference_errors.csv",
            PUBLISHED / "me_eql_oat_structures.csv",
            PUBLISHED / "me_eql_es_equations.csv",
            PUBLISHED / "parametric_eql_table1_eql_baseline.csv",
            PUBLISHED / "parametric_eql_tables2_7_equations.csv",
            PUBLISHED / "parametric_eql_table8_analytic_mse.csv",
        ],
        errors=expand(f"{RUN}/tables/trajectory_errors/{{dataset}}.csv", dataset=PLACES.values()),
        inference=[path for _, path in INFERRED],
        structures=[path for _, path in ALONE],
        equations=[path for _, path in EMBEDDED],
        networks=expand(
            f"{RUN}/tables/networks/{{study}}.{{table}}.csv",
            study=benchmarks.published(),
            table=["scores", "coefficients"],
        ),
    output:
        verification=report(
            f"{RUN}/verification.csv",
            caption="../report/verification.rst",
            category="0. Verification",
            labels={"table": "every published number beside ours"},
        ),
    log:
        f"{RUN}/logs/verify.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        places=list(PLACES),
        inferred=[label for label, _ in INFERRED],
        alone=[label for label, _ in ALONE],
        embedded=[label for label, _ in EMBEDDED],
        networks=benchmarks.comparable(),
        steps={place: plan.steps_of(dataset) for place, dataset in PLACES.items()},
        code=fingerprint("verify.py"),
    script:
        "../scripts/verify.py"


rule tabulate_disagreements:
    """Tabulate where paper, authors' code and data disagree."""
    input:
        known=PUBLISHED / "disagreements.csv",
    output:
        disagreements=report(
            f"{RUN}/tables/disagreements.csv",
            caption="../report/disagreements.rst",
            category="0. Verification",
            labels={"table": "where paper, code and data disagree"},
        ),
    log:
        f"{RUN}/logs/tabulate_disagreements.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        code=fingerprint("tabulate_disagreements.py"),
    script:
        "../scripts/tabulate_disagreements.py"


rule summarise:
    """Summarise the run in Markdown."""
    input:
        verification=f"{RUN}/verification.csv",
        equations=[plan.equation_file(dataset, label) for dataset, label in LEARNED],
        errors=expand(f"{RUN}/tables/trajectory_errors/{{dataset}}.csv", dataset=plan.datasets),
        inference=expand(f"{RUN}/tables/inference/{{dataset}}.csv", dataset=SIMULATED_DATASETS),
        networks=expand(f"{RUN}/tables/networks/{{study}}.scores.csv", study=benchmarks.studies),
    output:
        summary=report(
            f"{RUN}/summary.md",
            caption="../report/summary.rst",
            category="0. Verification",
            labels={"table": "summary"},
        ),
    log:
        f"{RUN}/logs/summarise.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        run=config["run"],
        labels=[f"{dataset}/{label}" for dataset, label in LEARNED],
        datasets=list(plan.datasets),
        inferred=SIMULATED_DATASETS,
        shown=1.0,
        code=fingerprint("summarise.py"),
    script:
        "../scripts/summarise.py"
