"""Functions in closed form, whose truth is known: scores and figures of what networks learned."""


rule score_networks:
    """Score all equations of a study: errors, coefficients, equations side by side, success rates."""
    input:
        datasets=benchmarks.dataset_files,
        raw=benchmarks.equation_files("nall.raw.json"),
        equations=benchmarks.equation_files("nall.json"),
        trials=benchmarks.equation_files("nall.trials.csv"),
    output:
        scores=f"{RUN}/tables/networks/{{study}}.scores.csv",
        recovery=f"{RUN}/tables/networks/{{study}}.recovery.csv",
        coefficients=f"{RUN}/tables/networks/{{study}}.coefficients.csv",
        curves=f"{RUN}/tables/networks/{{study}}.curves.csv",
        equations=f"{RUN}/tables/networks/{{study}}.equations.csv",
    log:
        f"{RUN}/logs/score_networks/{{study}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
        gpu=0,
    params:
        labels=benchmarks.labels,
        functions=benchmarks.functions,
        definitions=benchmarks.setting("definitions"),
        examples=benchmarks.setting("examples"),
        reach=benchmarks.setting("reach"),
        code=fingerprint("score_networks.py"),
    script:
        "../scripts/score_networks.py"


rule figure_functions:
    """Functions and their varying coefficients, true and learned (paper B, Figs. 2 and 7)."""
    input:
        coefficients=f"{RUN}/tables/networks/{{study}}.coefficients.csv",
        curves=f"{RUN}/tables/networks/{{study}}.curves.csv",
        verdicts=f"{RUN}/tables/verdicts/{{study}}.csv",
    output:
        svg=report(
            f"{RUN}/figures/functions/{{study}}.svg",
            caption="../report/functions.rst",
            category=NETWORKS,
            labels={"result": "functions and coefficients (Figs. 2, 7)", "data": "{study}", "protocol": "all"},
        ),
        png=f"{RUN}/figures/functions/{{study}}.png",
    log:
        f"{RUN}/logs/figure_functions/{{study}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        functions=benchmarks.functions,
        learned_on=benchmarks.setting("reach"),
        code=fingerprint("figure_functions.py"),
    script:
        "../scripts/figure_functions.py"


rule figure_noise:
    """Recovery rates and errors of coefficients over the level of noise (a column per function)."""
    input:
        recovery=f"{RUN}/tables/networks/{{study}}.recovery.csv",
    output:
        svg=report(
            f"{RUN}/figures/noise/{{study}}.svg",
            caption="../report/noise.rst",
            category=NETWORKS,
            labels={"result": "recovery under noise", "data": "{study}", "protocol": "all"},
        ),
        png=f"{RUN}/figures/noise/{{study}}.png",
    log:
        f"{RUN}/logs/figure_noise/{{study}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        code=fingerprint("figure_noise.py"),
    script:
        "../scripts/figure_noise.py"


rule figure_training:
    """Loss, open gates and equation of every training (a row per dataset, a column per learner)."""
    input:
        networks=benchmarks.network_files,
        trials=benchmarks.equation_files("nall.trials.csv"),
    output:
        svg=report(
            f"{RUN}/figures/training/{{study}}.svg",
            caption="../report/training.rst",
            category=NETWORKS,
            labels={"result": "training", "data": "{study}", "protocol": "all"},
        ),
        png=f"{RUN}/figures/training/{{study}}.png",
    log:
        f"{RUN}/logs/figure_training/{{study}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        labels=benchmarks.labels,
        code=fingerprint("figure_training.py"),
    script:
        "../scripts/figure_training.py"
