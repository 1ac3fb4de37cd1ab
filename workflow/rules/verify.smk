"""Against the publications: verification.csv, and a summary of the run."""

PLACES, AVERAGED = publication.places(), publication.simulated()
INFERRED, ALONE, EMBEDDED = publication.inference(), publication.structures(), publication.embedded()
LEARNED = [(dataset, label) for dataset in plan.datasets for label in plan.learned_labels(dataset)]
# Measured over days and kept; a copy without results/record is compared without them.
RECORD = PUBLISHED.parents[1] / "results" / "record"
COMPARED_RUNS = [f"{kind}_{table}" for kind in ("network", "pde_network", "spring") for table in ("runs", "equations")]
RUNS = [path for path in [RECORD / f"{name}.csv" for name in COMPARED_RUNS] if path.is_file()]
# A user's own table or functions have nothing to do with the publications.
COMPARED = bool(
    plan.own_studies(list(plan.studies)) or benchmarks.published() or pdes.published() or springs.published()
)
# The default one by its own name: Snakemake reads a copy from its cache.
CONFIGURATION_FILES = [
    Path(relpath(path)).as_posix()
    for path in (Path(workflow.basedir, "config", "config.yaml"), *workflow.config_settings.configfiles)
]
PAGES = ["summary", *(["verification", "disagreements"] if COMPARED else [])]


rule verify:
    """Compare every published number with ours."""
    input:
        criteria=PUBLISHED / "criteria.csv",
        published=[
            PUBLISHED / "me_eql_mse_medians.csv",
            PUBLISHED / "me_eql_inference_errors.csv",
            PUBLISHED / "me_eql_oat_structures.csv",
            PUBLISHED / "me_eql_es_equations.csv",
            PUBLISHED / "me_eql_inference_equations.csv",
            PUBLISHED / "me_eql_smoothing_windows.csv",
            PUBLISHED / "targets.csv",
            PUBLISHED / "deviations.csv",
            PUBLISHED / "parametric_eql_table1_eql_baseline.csv",
            PUBLISHED / "parametric_eql_table3_pde_mse.csv",
            PUBLISHED / "parametric_eql_table4_pde_equations.csv",
            PUBLISHED / "parametric_eql_tables2_7_equations.csv",
            PUBLISHED / "parametric_eql_tables5_6_spring.csv",
            PUBLISHED / "parametric_eql_table8_analytic_mse.csv",
        ],
        errors=expand(f"{RUN}/tables/trajectory_errors/{{dataset}}.csv", dataset=PLACES.values()),
        averages=expand(f"{RUN}/datasets/{{dataset}}.nc", dataset=AVERAGED.values()),
        runs=RUNS,
        inference=[path for _, path in INFERRED],
        structures=[path for _, path in ALONE],
        equations=[path for _, path in EMBEDDED],
        networks=expand(
            f"{RUN}/tables/networks/{{study}}.{{table}}.csv",
            study=benchmarks.published(),
            table=["scores", "coefficients"],
        ),
        pdes=expand(
            f"{RUN}/tables/pdes/{{study}}.{{table}}.csv", study=pdes.published(), table=["scores", "coefficients"]
        ),
        recovery=pdes.published_recovery(),
        springs=expand(
            f"{RUN}/tables/springs/{{study}}.{{table}}.csv",
            study=springs.published(),
            table=["scores", "coefficients"],
        ),
    output:
        verification=f"{RUN}/verification.csv",
        page=report(
            f"{RUN}/pages/verification.html",
            caption="../report/verification.rst",
            category=VERDICTS,
            labels={
                "result": "2 every published number beside ours",
                "data": "all",
                "protocol": "all",
            },
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
        simulated=list(AVERAGED),
        inferred=[label for label, _ in INFERRED],
        alone=[label for label, _ in ALONE],
        embedded=[label for label, _ in EMBEDDED],
        networks=benchmarks.comparable(),
        definitions={kind.kind: kind.compared_definitions() for kind in (benchmarks, springs)},
        steps={place: publication.steps(dataset) for place, dataset in PLACES.items()},
        digests=[digest_of(KEPT[path.name]) for path in RUNS],
        code=fingerprint("verify.py"),
    script:
        "../scripts/verify.py"


rule tabulate_disagreements:
    """Tabulate where paper, authors' code and data disagree."""
    input:
        known=PUBLISHED / "disagreements.csv",
    output:
        disagreements=f"{RUN}/tables/disagreements.csv",
        page=report(
            f"{RUN}/pages/disagreements.html",
            caption="../report/disagreements.rst",
            category=VERDICTS,
            labels={
                "result": "3 where paper, code and data disagree",
                "data": "all",
                "protocol": "all",
            },
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
        verification=f"{RUN}/verification.csv" if COMPARED else [],
        equations=[plan.equation_file(dataset, label) for dataset, label in LEARNED],
        imported=expand(f"{RUN}/imported/{{dataset}}.nc", dataset=plan.datasets_of(plan.of_kind("table"))),
        errors=expand(f"{RUN}/tables/trajectory_errors/{{dataset}}.csv", dataset=plan.datasets),
        inference=expand(f"{RUN}/tables/inference_medians/{{dataset}}.csv", dataset=SIMULATED_DATASETS),
        networks=expand(f"{RUN}/tables/networks/{{study}}.scores.csv", study=benchmarks.studies),
        pdes=expand(f"{RUN}/tables/pdes/{{study}}.scores.csv", study=pdes.studies),
        springs=expand(f"{RUN}/tables/springs/{{study}}.scores.csv", study=springs.studies),
        verdicts=judged.tables(),
    output:
        summary=f"{RUN}/summary.md",
        page=report(
            f"{RUN}/pages/summary.html",
            caption="../report/summary.rst",
            category=VERDICTS,
            labels={"result": "1 summary of the run", "data": "all", "protocol": "all"},
        ),
        description=f"{RUN}/run.json",
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
        shown=plan.printed_values(),
        configuration=config,
        configuration_files=CONFIGURATION_FILES,
        code=fingerprint("summarise.py"),
    script:
        "../scripts/summarise.py"
