# eqlearn: discover equations whose structure is fixed while coefficients vary with a parameter.

from shutil import disk_usage

from snakemake.utils import min_version

min_version("9.0")


configfile: workflow.source_path("config/config.yaml")


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/simulate.smk"
include: "workflow/rules/import.smk"
include: "workflow/rules/differentiate.smk"
include: "workflow/rules/regress.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/read.smk"
include: "workflow/rules/infer.smk"
include: "workflow/rules/score.smk"
include: "workflow/rules/benchmarks.smk"
include: "workflow/rules/pdes.smk"
include: "workflow/rules/springs.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/verify.smk"


STUDY_FIGURES = ["example_fits", "trajectory_errors"]


rule all:
    """Figures, tables, the comparison with the publications, and a summary."""
    default_target: True
    input:
        f"{RUN}/summary.md",
        [f"{RUN}/verification.csv"] if COMPARED else [],
        expand(f"{RUN}/pages/{{page}}.html", page=PAGES),
        expand(f"{RUN}/tables/recovery/{{study}}.csv", study=plan.of_kind("mean_field")),
        expand(f"{RUN}/figures/{{figure}}/{{study}}.svg", figure=STUDY_FIGURES, study=plan.studies),
        expand(f"{RUN}/figures/coefficients/{{figure}}.svg", figure=plan.coefficient_figures()),
        expand(f"{RUN}/figures/structures/{{study}}.svg", study=plan.own_studies(plan.with_learner("oat"))),
        expand(f"{RUN}/figures/joining/{{dataset}}.svg", dataset=plan.datasets_of(plan.with_learner("oat"))),
        expand(f"{RUN}/figures/errors_by_experiments/{{study}}.svg", study=plan.with_learner("es")),
        expand(f"{RUN}/pages/ablation/{{dataset}}.html", dataset=inference.ablated_datasets()),
        expand(f"{RUN}/figures/parameter_inference/{{study}}.svg", study=SIMULATED),
        expand(f"{RUN}/figures/snapshots/{{dataset}}.svg", dataset=plan.datasets_of(plan.with_setting("snapshots"))),
        [f"{RUN}/pages/embedded_equations.html"] if plan.with_learner("es") else [],
        [f"{RUN}/pages/inference_examples.html"] if SIMULATED else [],
        [f"{RUN}/figures/information.svg"] if len(SIMULATED_DATASETS) > 1 else [],
        expand(f"{RUN}/tables/networks/{{study}}.scores.csv", study=benchmarks.studies),
        expand(f"{RUN}/figures/{{figure}}/{{study}}.svg", figure=["functions", "training"], study=benchmarks.studies),
        expand(f"{RUN}/figures/noise/{{study}}.svg", study=benchmarks.with_noise_levels()),
        expand(f"{RUN}/pages/{{page}}/{{study}}.html", page=["pde_errors", "pde_equations"], study=pdes.studies),
        expand(f"{RUN}/figures/pde_coefficients/{{study}}.svg", study=pdes.studies),
        expand(f"{RUN}/tables/pdes/{{study}}.recovery.csv", study=pdes.with_recovery()),
        expand(f"{RUN}/figures/pde_noise/{{study}}.svg", study=pdes.with_recovery()),
        expand(f"{RUN}/pages/spring_equations/{{study}}.html", study=springs.studies),
        expand(f"{RUN}/figures/encoder/{{study}}.svg", study=springs.studies),
        expand(f"{RUN}/figures/springs/{{spring}}.svg", spring=springs.datasets),


onsuccess:
    print(f"Done. Read {RUN}/summary.md first; figures are in {RUN}/figures, tables in {RUN}/tables.")


onerror:
    if Path(RUN).is_dir() and disk_usage(RUN).free < 2**20:
        print(f"The disk of {RUN} is full, so that logs may be empty.")
    print(f"The run failed. The message above names the log; finished products in {RUN} stay valid.")
