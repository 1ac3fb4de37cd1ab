"""Trajectories: agent-based simulations in batches, and the closed-form mean field.

simulations/{study}/c{density}/{purpose}/{batch}.nc -> simulations/{study}/c{density}/{averages,single_runs}.nc
"""


rule simulate_birth_death_migration:
    """Simulate one batch of parameter values, all replicates (exact kinetic Monte Carlo)."""
    output:
        counts=f"{RUN}/simulations/{{study}}/c{{density}}/{{purpose}}/{{batch}}.nc",
    log:
        f"{RUN}/logs/simulate_birth_death_migration/{{study}}-c{{density}}-{{purpose}}-{{batch}}.log",
    benchmark:
        f"{RUN}/benchmarks/simulate_birth_death_migration/{{study}}-c{{density}}-{{purpose}}-{{batch}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(60),
        gpu=0,
    params:
        values=plan.batch_values,
        replicates=plan.replicates,
        settings=plan.setting("lattice", "migration_rate", "death_fraction", "time"),
        code=fingerprint("simulate_birth_death_migration.py"),
    script:
        "../scripts/simulate_birth_death_migration.py"


rule merge_simulations:
    """Merge the batches: averages over replicates, or every single run."""
    input:
        batches=plan.batch_files,
    output:
        trajectories=f"{RUN}/simulations/{{study}}/c{{density}}/{{purpose}}.nc",
    log:
        f"{RUN}/logs/merge_simulations/{{study}}-c{{density}}-{{purpose}}.log",
    benchmark:
        f"{RUN}/benchmarks/merge_simulations/{{study}}-c{{density}}-{{purpose}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
        gpu=0,
    params:
        settings=plan.setting("lattice", "migration_rate", "death_fraction", "time"),
        time_scale=plan.study_property("time_scale"),
        code=fingerprint("merge_simulations.py"),
    script:
        "../scripts/merge_simulations.py"


rule select_replicates:
    """Select the replicates behind the averages that an equation is learned from."""
    input:
        batches=plan.averaged_batches,
    output:
        replicates=f"{RUN}/simulations/{{study}}/c{{density}}/replicates.n{{experiments}}.nc",
    log:
        f"{RUN}/logs/select_replicates/{{study}}-c{{density}}.n{{experiments}}.log",
    benchmark:
        f"{RUN}/benchmarks/select_replicates/{{study}}-c{{density}}.n{{experiments}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
        gpu=0,
    params:
        values=plan.sampled_values,
        settings=plan.setting("lattice", "migration_rate", "death_fraction", "time"),
        code=fingerprint("select_replicates.py"),
    script:
        "../scripts/select_replicates.py"


rule simulate_snapshots:
    """Simulate once per chosen parameter value and keep lattices."""
    output:
        snapshots=f"{RUN}/simulations/{{study}}/c{{density}}/snapshots.nc",
    log:
        f"{RUN}/logs/simulate_snapshots/{{study}}-c{{density}}.log",
    benchmark:
        f"{RUN}/benchmarks/simulate_snapshots/{{study}}-c{{density}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
        gpu=0,
    params:
        values=lambda wildcards: plan.study(wildcards).settings["snapshots"]["parameters"],
        samples=lambda wildcards: plan.study(wildcards).settings["snapshots"]["samples"],
        settings=plan.setting("lattice", "migration_rate", "death_fraction", "time"),
        code=fingerprint("simulate_snapshots.py"),
    script:
        "../scripts/simulate_snapshots.py"


rule sample_mean_field:
    """Sample the closed-form mean field, with and without noise."""
    output:
        trajectories=f"{RUN}/simulations/mean_field/{{dataset}}.nc",
    log:
        f"{RUN}/logs/sample_mean_field/{{dataset}}.log",
    benchmark:
        f"{RUN}/benchmarks/sample_mean_field/{{dataset}}.tsv"
    conda:
        "../../envs/numerics.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
        gpu=0,
    params:
        study=lambda wildcards: plan.dataset(wildcards).study,
        initial_density=lambda wildcards: plan.dataset(wildcards).initial_density,
        noise=lambda wildcards: plan.dataset(wildcards).noise,
        values=lambda wildcards: plan.study(wildcards).values,
        settings=plan.setting("death_fraction", "time"),
        time_scale=plan.study_property("time_scale"),
        code=fingerprint("sample_mean_field.py"),
    script:
        "../scripts/sample_mean_field.py"
