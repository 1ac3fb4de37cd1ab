"""Partial differential equations: simulations/pde/{field}.nc -> datasets/{pde}.nc -> equations, scores, figures."""


rule solve_pde:
    """Solve a partial differential equation on a grid."""
    output:
        field=f"{RUN}/simulations/pde/{{field}}.nc",
    log:
        f"{RUN}/logs/solve_pde/{{field}}.log",
    benchmark:
        f"{RUN}/benchmarks/solve_pde/{{field}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
        gpu=0,
    params:
        settings=pdes.solving,
        code=fingerprint("solve_pde.py"),
    script:
        "../scripts/solve_pde.py"


rule sample_pde:
    """Add noise to a field and differentiate it."""
    input:
        field=pdes.field_file,
    output:
        dataset=f"{RUN}/datasets/{{pde}}.nc",
    log:
        f"{RUN}/logs/sample_pde/{{pde}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        equation=pdes.of_dataset("function"),
        noise=pdes.of_dataset("noise"),
        seed=pdes.of_dataset("seed"),
        definitions=pdes.setting("definitions"),
        differentiation=pdes.differentiation,
        code=fingerprint("sample_pde.py"),
    script:
        "../scripts/sample_pde.py"


rule fit_sindy_published:
    """Learn an equation by sequentially thresholded group ridge regression (Rudy et al. 2019)."""
    input:
        dataset=f"{RUN}/datasets/{{pde}}.nc",
    output:
        equation=f"{RUN}/equations/{{pde}}/{{learner,sindy|sindy_linear}}.published/nall.json",
    log:
        f"{RUN}/logs/fit_sindy_published/{{pde}}.{{learner}}.log",
    benchmark:
        f"{RUN}/benchmarks/fit_sindy_published/{{pde}}.{{learner}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        settings=pdes.learner("published"),
        verdict=config["verdict"],
        code=fingerprint("fit_sindy_published.py"),
    script:
        "../scripts/fit_sindy_published.py"


rule fit_sindy_refined:
    """Learn an equation by group-sparse regression in weak form."""
    input:
        dataset=f"{RUN}/datasets/{{pde}}.nc",
    output:
        equation=f"{RUN}/equations/{{pde}}/sindy.refined/nall.json",
    log:
        f"{RUN}/logs/fit_sindy_refined/{{pde}}.log",
    benchmark:
        f"{RUN}/benchmarks/fit_sindy_refined/{{pde}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(5),
        gpu=0,
    params:
        settings=config["learners"]["sindy.refined"],
        verdict=config["verdict"],
        code=fingerprint("fit_sindy_refined.py"),
    script:
        "../scripts/fit_sindy_refined.py"


rule score_pdes:
    """Score all equations of a study, and tabulate their coefficients."""
    input:
        datasets=pdes.dataset_files,
        equations=pdes.equation_files,
        trials=pdes.trial_files,
    output:
        scores=f"{RUN}/tables/pdes/{{study}}.scores.csv",
        coefficients=f"{RUN}/tables/pdes/{{study}}.coefficients.csv",
    log:
        f"{RUN}/logs/score_pdes/{{study}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        labels=pdes.labels,
        trained=pdes.trained,
        functions=pdes.functions,
        definitions=pdes.setting("definitions"),
        code=fingerprint("score_pdes.py"),
    script:
        "../scripts/score_pdes.py"


rule recover_pde:
    """Learn an equation under many draws of noise."""
    input:
        field=f"{RUN}/simulations/pde/{{field}}.nc",
    output:
        recovery=f"{RUN}/tables/pdes/recovery/{{study}}/{{field}}.csv",
    log:
        f"{RUN}/logs/recover_pde/{{study}}.{{field}}.log",
    benchmark:
        f"{RUN}/benchmarks/recover_pde/{{study}}.{{field}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
        gpu=0,
    params:
        solved=pdes.solving,
        settings=pdes.recovery_settings,
        code=fingerprint("recover_pde.py"),
    script:
        "../scripts/recover_pde.py"


rule tabulate_pdes:
    """Tabulate errors and equations beside the published ones (paper B, Tables III and IV)."""
    input:
        scores=f"{RUN}/tables/pdes/{{study}}.scores.csv",
        coefficients=f"{RUN}/tables/pdes/{{study}}.coefficients.csv",
        published_errors=PUBLISHED / "parametric_eql_table3_pde_mse.csv",
        published_equations=PUBLISHED / "parametric_eql_table4_pde_equations.csv",
    output:
        errors=f"{RUN}/tables/pdes/{{study}}.errors.csv",
        errors_page=report(
            f"{RUN}/pages/pde_errors/{{study}}.html",
            caption="../report/pde_errors.rst",
            category=PARTIAL,
            labels={"result": "1 errors (Table III)", "data": "{study}", "protocol": "all"},
        ),
        equations=f"{RUN}/tables/pdes/{{study}}.equations.csv",
        equations_page=report(
            f"{RUN}/pages/pde_equations/{{study}}.html",
            caption="../report/pde_equations.rst",
            category=PARTIAL,
            labels={"result": "2 equations (Table IV)", "data": "{study}", "protocol": "all"},
        ),
    log:
        f"{RUN}/logs/tabulate_pdes/{{study}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        code=fingerprint("tabulate_pdes.py"),
    script:
        "../scripts/tabulate_pdes.py"


rule tabulate_pde_recovery:
    """Tabulate how often equations were found under noise."""
    input:
        draws=pdes.recovery_files,
    output:
        recovery=f"{RUN}/tables/pdes/{{study}}.recovery.csv",
    log:
        f"{RUN}/logs/tabulate_pde_recovery/{{study}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        code=fingerprint("tabulate_pde_recovery.py"),
    script:
        "../scripts/tabulate_pde_recovery.py"


rule figure_pde_coefficients:
    """Varying coefficients, true and learned (paper B, Fig. 3)."""
    input:
        coefficients=f"{RUN}/tables/pdes/{{study}}.coefficients.csv",
        verdicts=f"{RUN}/tables/verdicts/{{study}}.csv",
    output:
        svg=report(
            f"{RUN}/figures/pde_coefficients/{{study}}.svg",
            caption="../report/pde_coefficients.rst",
            category=PARTIAL,
            labels={"result": "3 coefficients (Fig. 3)", "data": "{study}", "protocol": "all"},
        ),
        png=f"{RUN}/figures/pde_coefficients/{{study}}.png",
    log:
        f"{RUN}/logs/figure_pde_coefficients/{{study}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        functions=pdes.functions,
        code=fingerprint("figure_pde_coefficients.py"),
    script:
        "../scripts/figure_pde_coefficients.py"


rule figure_pde_noise:
    """What noise does to the coefficients and to the support."""
    input:
        draws=pdes.recovery_files,
        recovery=f"{RUN}/tables/pdes/{{study}}.recovery.csv",
    output:
        svg=report(
            f"{RUN}/figures/pde_noise/{{study}}.svg",
            caption="../report/pde_noise.rst",
            category=PARTIAL,
            labels={"result": "4 under noise", "data": "{study}", "protocol": "all"},
        ),
        png=f"{RUN}/figures/pde_noise/{{study}}.png",
    log:
        f"{RUN}/logs/figure_pde_noise/{{study}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        code=fingerprint("figure_pde_noise.py"),
    script:
        "../scripts/figure_pde_noise.py"
