"""Equations by sparse regression: datasets/{dataset}.nc -> equations/{dataset}/{learner}.{protocol}/n{experiments}.json"""


rule fit_oat:
    """Learn one sparse equation per parameter value, then one for all (OAT ME-EQL)."""
    input:
        dataset=f"{RUN}/datasets/{{dataset}}.nc",
    output:
        equation=f"{RUN}/equations/{{dataset}}/oat.refined/n{{experiments}}.json",
        per_parameter=f"{RUN}/equations/{{dataset}}/oat.refined/n{{experiments}}.per_parameter.csv",
    log:
        f"{RUN}/logs/fit_oat/{{dataset}}.n{{experiments}}.log",
    benchmark:
        f"{RUN}/benchmarks/fit_oat/{{dataset}}.n{{experiments}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
        gpu=0,
    params:
        values=plan.sampled_values,
        settings=plan.learner_settings("oat.refined"),
        verdict=config["verdict"],
        code=fingerprint("fit_oat.py"),
    script:
        "../scripts/fit_oat.py"


rule fit_oat_published:
    """Learn one sparse equation per parameter value and join those of the target structure, as published."""
    input:
        dataset=f"{RUN}/datasets/{{dataset}}.nc",
    output:
        equation=f"{RUN}/equations/{{dataset}}/oat.published/n{{experiments}}.json",
        per_parameter=f"{RUN}/equations/{{dataset}}/oat.published/n{{experiments}}.per_parameter.csv",
    log:
        f"{RUN}/logs/fit_oat_published/{{dataset}}.n{{experiments}}.log",
    benchmark:
        f"{RUN}/benchmarks/fit_oat_published/{{dataset}}.n{{experiments}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(60),
        gpu=0,
    params:
        values=plan.sampled_values,
        settings=plan.learner_settings("oat.published"),
        verdict=config["verdict"],
        code=fingerprint("fit_oat_published.py"),
    script:
        "../scripts/fit_oat_published.py"


rule fit_es:
    """Learn one sparse equation with embedded parameter from all experiments (ES ME-EQL)."""
    input:
        dataset=f"{RUN}/datasets/{{dataset}}.nc",
    output:
        equation=f"{RUN}/equations/{{dataset}}/es.refined/n{{experiments}}.json",
    log:
        f"{RUN}/logs/fit_es/{{dataset}}.n{{experiments}}.log",
    benchmark:
        f"{RUN}/benchmarks/fit_es/{{dataset}}.n{{experiments}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
        gpu=0,
    params:
        values=plan.sampled_values,
        settings=plan.learner_settings("es.refined"),
        verdict=config["verdict"],
        code=fingerprint("fit_es.py"),
    script:
        "../scripts/fit_es.py"


rule fit_es_published:
    """Learn one sparse equation with embedded parameter from all experiments, as published (ES ME-EQL)."""
    input:
        dataset=f"{RUN}/datasets/{{dataset}}.nc",
    output:
        equation=f"{RUN}/equations/{{dataset}}/es.published/n{{experiments}}.json",
    log:
        f"{RUN}/logs/fit_es_published/{{dataset}}.n{{experiments}}.log",
    benchmark:
        f"{RUN}/benchmarks/fit_es_published/{{dataset}}.n{{experiments}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
        gpu=0,
    params:
        values=plan.sampled_values,
        settings=plan.learner_settings("es.published"),
        verdict=config["verdict"],
        code=fingerprint("fit_es_published.py"),
    script:
        "../scripts/fit_es_published.py"


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
