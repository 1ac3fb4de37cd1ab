"""Equations of networks: networks/{problem}/{network}.{protocol}.nc -> equations/{problem}/…/nall.json"""


rule read_network:
    """Read every trial of a network as an equation, choose one, and fit it at all parameter values."""
    input:
        dataset=f"{RUN}/datasets/{{problem}}.nc",
        network=f"{RUN}/networks/{{problem}}/{{network}}.{{protocol}}.nc",
        trials=f"{RUN}/networks/{{problem}}/{{network}}.{{protocol}}.csv",
    output:
        raw=f"{RUN}/equations/{{problem}}/{{network}}.{{protocol}}/nall.raw.json",
        equation=f"{RUN}/equations/{{problem}}/{{network}}.{{protocol}}/nall.json",
        readings=f"{RUN}/equations/{{problem}}/{{network}}.{{protocol}}/nall.trials.csv",
    log:
        f"{RUN}/logs/read_network/{{problem}}.{{network}}.{{protocol}}.log",
    benchmark:
        f"{RUN}/benchmarks/read_network/{{problem}}.{{network}}.{{protocol}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
        gpu=0,
    params:
        learner=lambda wildcards: f"{wildcards.network}.{wildcards.protocol}",
        settings=of_problem("reading"),
        verdict=config["verdict"],
        code=fingerprint("read_network.py"),
    script:
        "../scripts/read_network.py"
