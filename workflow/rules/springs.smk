"""Images of particles: datasets/{spring}.nc -> networks/{spring}/… -> equations/{spring}/…/nall.json, scores, figures."""


rule sample_springs:
    """Draw positions of particles on images, in pairs, and what acts between them."""
    output:
        dataset=f"{RUN}/datasets/{{spring}}.nc",
    log:
        f"{RUN}/logs/sample_springs/{{spring}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        dataset=lambda wildcards: wildcards.spring,
        task=springs.of_dataset("function"),
        seed=springs.of_dataset("seed"),
        settings=springs.sampling,
        code=fingerprint("sample_springs.py"),
    script:
        "../scripts/sample_springs.py"


rule train_springs:
    """Train an encoder with a network behind it, end to end; a killed training goes on from its checkpoint."""
    input:
        dataset=f"{RUN}/datasets/{{spring}}.nc",
    output:
        network=f"{RUN}/networks/{{spring}}/{{network}}.{{protocol}}.nc",
        encoder=f"{RUN}/networks/{{spring}}/{{network}}.{{protocol}}.encoder.safetensors",
        latent=f"{RUN}/networks/{{spring}}/{{network}}.{{protocol}}.latent.nc",
        trials=f"{RUN}/networks/{{spring}}/{{network}}.{{protocol}}.csv",
    log:
        f"{RUN}/logs/train_springs/{{spring}}.{{network}}.{{protocol}}.log",
    benchmark:
        f"{RUN}/benchmarks/train_springs/{{spring}}.{{network}}.{{protocol}}.tsv"
    conda:
        "../../envs/torch.yaml"
    threads: config["training"]["threads"]
    resources:
        mem_mb=growing(2000),
        runtime=growing(720),
        gpu=int(config["training"]["device"] == "cuda"),
    params:
        learner=lambda wildcards: f"{wildcards.network}.{wildcards.protocol}",
        image=springs.setting("image"),
        settings=springs.training,
        checkpoint=f"{RUN}/checkpoints/{{spring}}.{{network}}.{{protocol}}.pt",
        code=fingerprint("train_springs.py"),
    script:
        "../scripts/train_springs.py"


rule fit_relu:
    """Train the ReLU baseline, of which no equation can be read."""
    input:
        dataset=f"{RUN}/datasets/{{spring}}.nc",
    output:
        equation=f"{RUN}/equations/{{spring}}/relu.published/nall.json",
        predicted=f"{RUN}/networks/{{spring}}/relu.published.predicted.nc",
        encoder=f"{RUN}/networks/{{spring}}/relu.published.encoder.safetensors",
        latent=f"{RUN}/networks/{{spring}}/relu.published.latent.nc",
        trials=f"{RUN}/networks/{{spring}}/relu.published.csv",
    log:
        f"{RUN}/logs/fit_relu/{{spring}}.log",
    benchmark:
        f"{RUN}/benchmarks/fit_relu/{{spring}}.tsv"
    conda:
        "../../envs/torch.yaml"
    threads: config["training"]["threads"]
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
        gpu=int(config["training"]["device"] == "cuda"),
    params:
        image=springs.setting("image"),
        settings=springs.baseline,
        checkpoint=f"{RUN}/checkpoints/{{spring}}.relu.published.pt",
        code=fingerprint("fit_relu.py"),
    script:
        "../scripts/fit_relu.py"


rule read_springs:
    """Read the equation behind an encoder, over latent variables and over positions."""
    input:
        dataset=f"{RUN}/datasets/{{spring}}.nc",
        network=f"{RUN}/networks/{{spring}}/{{network}}.{{protocol}}.nc",
        encoder=f"{RUN}/networks/{{spring}}/{{network}}.{{protocol}}.encoder.safetensors",
        latent=f"{RUN}/networks/{{spring}}/{{network}}.{{protocol}}.latent.nc",
        trials=f"{RUN}/networks/{{spring}}/{{network}}.{{protocol}}.csv",
    output:
        raw=f"{RUN}/equations/{{spring}}/{{network}}.{{protocol}}/nall.raw.json",
        over_latent=f"{RUN}/equations/{{spring}}/{{network}}.{{protocol}}/nall.latent.json",
        equation=f"{RUN}/equations/{{spring}}/{{network}}.{{protocol}}/nall.json",
        readings=f"{RUN}/equations/{{spring}}/{{network}}.{{protocol}}/nall.trials.csv",
    log:
        f"{RUN}/logs/read_springs/{{spring}}.{{network}}.{{protocol}}.log",
    benchmark:
        f"{RUN}/benchmarks/read_springs/{{spring}}.{{network}}.{{protocol}}.tsv"
    conda:
        "../../envs/torch.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
        gpu=0,
    params:
        learner=lambda wildcards: f"{wildcards.network}.{wildcards.protocol}",
        settings=springs.reading,
        verdict=config["verdict"],
        code=fingerprint("read_springs.py"),
    script:
        "../scripts/read_springs.py"


rule score_springs:
    """Score everything learned in a study: errors inside and outside of the training domain, coefficients."""
    input:
        datasets=springs.dataset_files,
        physical=springs.equation_files("nall.json"),
        latent=springs.files("networks", ".latent.nc"),
        over_latent=springs.read_files("nall.latent.json"),
        predicted=springs.baseline_files(".predicted.nc"),
        trials=springs.baseline_files(".csv"),
    output:
        scores=f"{RUN}/tables/springs/{{study}}.scores.csv",
        coefficients=f"{RUN}/tables/springs/{{study}}.coefficients.csv",
        predictions=f"{RUN}/tables/springs/{{study}}.predictions.csv",
        encodings=f"{RUN}/tables/springs/{{study}}.encodings.csv",
        equations=f"{RUN}/tables/springs/{{study}}.equations.csv",
    log:
        f"{RUN}/logs/score_springs/{{study}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        labels=springs.labels,
        read_labels=springs.read_labels,
        baselines=springs.baseline_labels,
        tasks=springs.tasks,
        definitions=springs.setting("definitions"),
        examples=springs.setting("examples"),
        code=fingerprint("score_springs.py"),
    script:
        "../scripts/score_springs.py"


rule tabulate_springs:
    """Tabulate equations over latent variables and positions beside the published ones (paper B, Tables V and VI)."""
    input:
        equations=f"{RUN}/tables/springs/{{study}}.equations.csv",
        published=PUBLISHED / "parametric_eql_tables5_6_spring.csv",
    output:
        table=f"{RUN}/tables/springs/{{study}}.compared.csv",
        page=report(
            f"{RUN}/pages/spring_equations/{{study}}.html",
            caption="../report/spring_equations.rst",
            category=IMAGES,
            labels={"result": "1 equations (Tables V, VI)", "data": "{study}", "protocol": "all"},
        ),
    log:
        f"{RUN}/logs/tabulate_springs/{{study}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        definitions=springs.setting("definitions"),
        code=fingerprint("tabulate_springs.py"),
    script:
        "../scripts/tabulate_springs.py"


rule figure_encoder:
    """Draw the architecture: images, encoder, equation learner (paper B, Fig. 4)."""
    output:
        svg=report(
            f"{RUN}/figures/encoder/{{study}}.svg",
            caption="../report/encoder.rst",
            category=IMAGES,
            labels={"result": "2 architecture (Fig. 4)", "data": "{study}", "protocol": "all"},
        ),
        png=f"{RUN}/figures/encoder/{{study}}.png",
    log:
        f"{RUN}/logs/figure_encoder/{{study}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        image=springs.setting("image"),
        code=fingerprint("figure_encoder.py"),
    script:
        "../scripts/figure_encoder.py"


rule figure_springs:
    """Draw predictions, coefficients and latent variables of a dataset (paper B, Figs. 5 and 6)."""
    input:
        predictions=springs.study_table("predictions"),
        coefficients=springs.study_table("coefficients"),
        encodings=springs.study_table("encodings"),
        verdicts=lambda wildcards: judged.table(springs.datasets[wildcards.spring].study),
    output:
        svg=report(
            f"{RUN}/figures/springs/{{spring}}.svg",
            caption="../report/springs.rst",
            category=IMAGES,
            labels={"result": "3 results (Figs. 5, 6)", "data": "{spring}", "protocol": "all"},
        ),
        png=f"{RUN}/figures/springs/{{spring}}.png",
    log:
        f"{RUN}/logs/figure_springs/{{spring}}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
        gpu=0,
    params:
        dataset=lambda wildcards: wildcards.spring,
        task=springs.of_dataset("function"),
        seed=springs.of_dataset("seed"),
        learned_on=springs.setting("separation"),
        code=fingerprint("figure_springs.py"),
    script:
        "../scripts/figure_springs.py"
