"""Parameters of single runs: simulations/{study}/c{density}/single_runs.nc and an equation -> inference/...csv"""


ruleorder: infer_limit > infer_parameter


rule infer_parameter:
    """Estimate the parameter of every single run under one equation."""
    input:
        single_runs=plan.simulation_file("single_runs"),
        equation=f"{RUN}/equations/{{dataset}}/{{learner}}.{{protocol}}/n{{experiments}}.json",
        training=inference.training_files,
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
        mem_mb=growing(1000),
        runtime=growing(20),
        gpu=0,
    params:
        bounds=lambda wildcards: plan.study(wildcards).settings["inference"]["bounds"],
        code=fingerprint("infer_parameter.py"),
    script:
        "../scripts/infer_parameter.py"


rule infer_limit:
    """Estimate the parameter of every single run by the averages themselves: the limit of least squares."""
    input:
        single_runs=plan.simulation_file("single_runs"),
        averages=f"{RUN}/datasets/{{dataset}}.nc",
    output:
        estimates=f"{RUN}/inference/{{dataset}}/mean_curves.theory/n{{experiments}}.csv",
    log:
        f"{RUN}/logs/infer_limit/{{dataset}}.n{{experiments}}.log",
    benchmark:
        f"{RUN}/benchmarks/infer_limit/{{dataset}}.n{{experiments}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
        gpu=0,
    params:
        bounds=lambda wildcards: plan.study(wildcards).settings["inference"]["bounds"],
        code=fingerprint("infer_limit.py"),
    script:
        "../scripts/infer_limit.py"
