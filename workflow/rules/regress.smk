"""Equations by sparse regression: datasets/{dataset}.nc -> equations/{dataset}/{learner}.{protocol}/n{experiments}.json"""


rule fit_oat:
    """Learn one sparse equation per parameter value, then one for all (OAT ME-EQL)."""
    input:
        dataset=f"{RUN}/datasets/{{dataset}}.nc",
    output:
        equation=f"{RUN}/equations/{{dataset}}/oat.{{protocol}}/n{{experiments}}.json",
        per_parameter=f"{RUN}/equations/{{dataset}}/oat.{{protocol}}/n{{experiments}}.per_parameter.csv",
    log:
        f"{RUN}/logs/fit_oat/{{dataset}}.{{protocol}}.n{{experiments}}.log",
    benchmark:
        f"{RUN}/benchmarks/fit_oat/{{dataset}}.{{protocol}}.n{{experiments}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
        gpu=0,
    params:
        values=lambda wildcards: plan.study(wildcards).experiments[int(wildcards.experiments)],
        settings=lambda wildcards: config["learners"][f"oat.{wildcards.protocol}"],
        code=fingerprint("fit_oat.py"),
    script:
        "../scripts/fit_oat.py"


rule write_mean_field_equation:
    """Write the mean-field equation, for which nothing is learned."""
    output:
        equation=f"{RUN}/equations/{{dataset}}/mean_field.theory/n0.json",
    log:
        f"{RUN}/logs/write_mean_field_equation/{{dataset}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        death_fraction=plan.setting("death_fraction"),
        code=fingerprint("write_mean_field_equation.py"),
    script:
        "../scripts/write_mean_field_equation.py"
