"""Against the publications: verification.csv, and a summary of the run."""


def published_places():
    """``data/initial density`` of the publication, by dataset of this run that stands for it."""
    noisy = {"mean_field_nonoise": False, "mean_field_lessnoise": True, "ABM": False}
    return {
        f"{data}/{decimal_text(dataset.initial_density)}": dataset.name
        for data, study in config["published"].items()
        if study in STUDIES
        for dataset in STUDIES[study].datasets
        if dataset.noise == (PUBLISHED_NOISE if noisy[data] else 0)
    }


PUBLISHED_NOISE = 0.0025
PLACES = published_places()
INFERRED = [
    (decimal_text(DATASETS[dataset].initial_density), dataset, label)
    for place, dataset in PLACES.items()
    if place.startswith("ABM/")
    for label in inference_labels(dataset)
]


def steps_of(dataset):
    """The step of the sampled rates, as text, by their number."""
    study = STUDIES[DATASETS[dataset].study]
    steps = sorted(study.settings["experiments"]["steps"])
    return {str(n): decimal_text(step) for n, step in zip(study.experiments, steps)}


rule verify:
    """Compare every published number with ours."""
    input:
        criteria=workflow.source_path("../../config/published/criteria.csv"),
        published=[
            workflow.source_path("../../config/published/me_eql_mse_medians.csv"),
            workflow.source_path("../../config/published/me_eql_inference_errors.csv"),
            workflow.source_path("../../config/published/me_eql_oat_structures.csv"),
        ],
        errors=expand(f"{RUN}/tables/trajectory_errors/{{dataset}}.csv", dataset=PLACES.values()),
        inference=[f"{RUN}/inference/{dataset}/{label}.csv" for _, dataset, label in INFERRED],
        structures=[alone_of(dataset) for dataset in PLACES.values()],
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
        mem_mb=500,
        runtime=5,
        gpu=0,
    params:
        error_places=list(PLACES),
        structure_places=list(PLACES),
        inference_places=[(density, label.split("/")[0]) for density, _, label in INFERRED],
        steps={place: steps_of(dataset) for place, dataset in PLACES.items()},
        code=fingerprint("verify.py"),
    script:
        "../scripts/verify.py"


rule summarise:
    """Summarise the run in Markdown."""
    input:
        verification=f"{RUN}/verification.csv",
        equations=[
            f"{RUN}/equations/{dataset}/{label}.json" for dataset in DATASETS for label in learned_labels(dataset)
        ],
        errors=expand(f"{RUN}/tables/trajectory_errors/{{dataset}}.csv", dataset=DATASETS),
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
        mem_mb=500,
        runtime=5,
        gpu=0,
    params:
        run=config["run"],
        labels=[f"{dataset}/{label}" for dataset in DATASETS for label in learned_labels(dataset)],
        datasets=list(DATASETS),
        shown=1.0,
        code=fingerprint("summarise.py"),
    script:
        "../scripts/summarise.py"
