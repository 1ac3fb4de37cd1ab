"""Networks: datasets/{problem}.nc -> networks/{problem}/{network}.{protocol}.nc, all trials in one.

A problem is a benchmark (a function in closed form), or a partial differential equation on a grid.
On trajectories one rule goes on to the equation: datasets/{dataset}.nc -> equations/{dataset}/{network}.refined/n….json
"""


rule sample_analytic:
    """Sample a function in closed form at every parameter value."""
    output:
        dataset=f"{RUN}/datasets/{{benchmark}}.nc",
    log:
        f"{RUN}/logs/sample_analytic/{{benchmark}}.log",
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
        gpu=0,
    params:
        function=benchmarks.of_dataset("function"),
        noise=benchmarks.of_dataset("noise"),
        seed=benchmarks.of_dataset("seed"),
        settings=benchmarks.sampling,
        code=fingerprint("sample_analytic.py"),
    script:
        "../scripts/sample_analytic.py"


rule train_network:
    """Train all trials of a network side by side; a killed training goes on from its checkpoint."""
    input:
        dataset=f"{RUN}/datasets/{{problem}}.nc",
    output:
        network=f"{RUN}/networks/{{problem}}/{{network}}.{{protocol}}.nc",
        trials=f"{RUN}/networks/{{problem}}/{{network}}.{{protocol}}.csv",
    log:
        f"{RUN}/logs/train_network/{{problem}}.{{network}}.{{protocol}}.log",
    benchmark:
        f"{RUN}/benchmarks/train_network/{{problem}}.{{network}}.{{protocol}}.tsv"
    conda:
        "../../envs/torch.yaml"
    threads: config["training"]["threads"]
    resources:
        mem_mb=growing(2000),
        runtime=growing(720),
        gpu=int(config["training"]["device"] == "cuda"),
    params:
        learner=lambda wildcards: f"{wildcards.network}.{wildcards.protocol}",
        settings=of_problem("training"),
        checkpoint=f"{RUN}/checkpoints/{{problem}}.{{network}}.{{protocol}}.pt",
        code=fingerprint("train_network.py"),
    script:
        "../scripts/train_network.py"


rule fit_network:
    """Learn one equation from trajectories by a network, which proposes its terms."""
    input:
        dataset=f"{RUN}/datasets/{{dataset}}.nc",
    output:
        equation=f"{RUN}/equations/{{dataset}}/{{network}}.refined/n{{experiments}}.json",
        per_parameter=f"{RUN}/equations/{{dataset}}/{{network}}.refined/n{{experiments}}.per_parameter.csv",
        network=f"{RUN}/networks/{{dataset}}/{{network}}.refined/n{{experiments}}.nc",
        trials=f"{RUN}/networks/{{dataset}}/{{network}}.refined/n{{experiments}}.csv",
    log:
        f"{RUN}/logs/fit_network/{{dataset}}.{{network}}.n{{experiments}}.log",
    benchmark:
        f"{RUN}/benchmarks/fit_network/{{dataset}}.{{network}}.n{{experiments}}.tsv"
    conda:
        "../../envs/torch.yaml"
    threads: config["training"]["threads"]
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
        gpu=int(config["training"]["device"] == "cuda"),
    params:
        learner=lambda wildcards: f"{wildcards.network}.refined",
        values=plan.sampled_values,
        settings=plan.network_settings,
        verdict=config["verdict"],
        code=fingerprint("fit_network.py"),
    script:
        "../scripts/fit_network.py"
