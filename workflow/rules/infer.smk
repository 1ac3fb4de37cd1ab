"""Parameters of single runs: simulations/{study}/c{density}/single_runs.nc and an equation -> inference/...csv"""


def single_runs_file(wildcards):
    """Single runs of a simulated dataset."""
    dataset = DATASETS[wildcards.dataset]
    return f"{RUN}/simulations/{dataset.study}/c{decimal_text(dataset.initial_density)}/single_runs.nc"


def inference_labels(dataset):
    """Labels of the equations that infer parameters: the mean field and all learners at the study's step."""
    study = STUDIES[DATASETS[dataset].study]
    n = study.inference_experiments
    return [REFERENCE, *(f"{learner}/n{n}" for learner in study.settings["learners"])]


rule infer_parameter:
    """Estimate the parameter of every single run under one equation."""
    input:
        single_runs=single_runs_file,
        equation=f"{RUN}/equations/{{dataset}}/{{learner}}.{{protocol}}/n{{experiments}}.json",
    output:
        estimates=f"{RUN}/inference/{{dataset}}/{{learner}}.{{protocol}}/n{{experiments}}.csv",
    log:
        f"{RUN}/logs/infer_parameter/{{dataset}}.{{learner}}.{{protocol}}.n{{experiments}}.log",
    benchmark:
        f"{RUN}/benchmarks/infer_parameter/{{dataset}}.{{learner}}.{{protocol}}.n{{experiments}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
        gpu=0,
    params:
        bounds=lambda wildcards: study_of(wildcards).settings["inference"]["bounds"],
        code=fingerprint("infer_parameter.py"),
    script:
        "../scripts/infer_parameter.py"
