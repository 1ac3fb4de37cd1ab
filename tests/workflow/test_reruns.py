"""Editing a module re-runs exactly its users; comments, dates and checkouts re-run nothing."""

import os

import pytest
import xarray as xr

SIMULATE = {"simulate_birth_death_migration", "simulate_snapshots"}
LEARN_AS_PUBLISHED = {"fit_oat_published", "fit_es_published"}
LEARN = LEARN_AS_PUBLISHED | {"fit_oat", "fit_es", "fit_network"}
INFER = {"infer_parameter", "infer_limit"}
AFTER_SIMULATION = LEARN | INFER | {"merge_simulations", "select_replicates", "differentiate", "score_trajectories"}
AFTER_SIMULATION |= {"ablate_refinements"}
ESTIMATES = {"summarise_inference", "tabulate_inference_examples", "tabulate_information", "summarise"}
TABLES = ESTIMATES | {"tabulate_coefficients", "tabulate_recovery", "tabulate_structures", "tabulate_verdicts"}
FIGURES = {
    "figure_structures",
    "figure_joining",
    "figure_errors_by_experiments",
    "figure_information",
    "figure_example_fits",
    "figure_coefficients",
    "figure_trajectory_errors",
    "figure_parameter_inference",
    "figure_snapshots",
}
NETWORK_FIGURES = {"figure_functions", "figure_training"}
PDE_FIGURES = {"figure_pde_coefficients", "figure_pde_noise"}
PDE_TABLES = {"score_pdes", "tabulate_pdes", "tabulate_pde_recovery", "tabulate_verdicts", "summarise"}
KEPT_RUNS = {"verify"}  # says whether kept numbers are those of the present code
TRAIN = {"train_network", "train_springs", "fit_relu"}
SPRING_FIGURES = {"figure_encoder", "figure_springs"}
READ_SPRINGS = {"read_springs", "score_springs", "tabulate_springs", "figure_springs"}
AFTER_NETWORKS = {"fit_network", "infer_parameter", "score_trajectories", "tabulate_coefficients"} | ESTIMATES
AFTER_NETWORKS |= (FIGURES - {"figure_snapshots", "figure_structures"}) | {"tabulate_verdicts"}
READ = {"read_network", "score_networks", "tabulate_verdicts", "summarise"} | NETWORK_FIGURES
PDE_NETWORKS = {"score_pdes", "tabulate_pdes", "figure_pde_coefficients"}  # what follows on their equations


def test_a_finished_run_has_nothing_to_do(finished_copy):
    assert finished_copy.rules_to_run() == set()


def test_a_touched_script_and_module_rerun_nothing(finished_copy):
    for name in ("fit_oat.py", "eqlearn/learners/oat.py", "eqlearn/__init__.py"):
        os.utime(finished_copy.folder / "workflow" / "scripts" / name)
    assert finished_copy.rules_to_run() == set()


def test_comments_and_docstrings_rerun_nothing(finished_copy):
    finished_copy.edit("eqlearn/inference.py", "TOLERANCE = 1e-7", "TOLERANCE = 1e-7  # of the logarithm")
    finished_copy.edit("eqlearn/inference.py", "with its profile-likelihood interval.", "and more.")
    assert finished_copy.rules_to_run() == set()


@pytest.mark.parametrize(
    ("module", "old", "new", "expected"),
    [
        (
            "eqlearn/inference.py",
            "TOLERANCE = 1e-7",
            "TOLERANCE = 1e-8",
            INFER | {"ablate_refinements", "figure_parameter_inference", "figure_information"} | ESTIMATES,
        ),
        (
            "eqlearn/learners/oat.py",
            "NOISE = 1e-6",
            "NOISE = 2e-6",
            {"fit_oat", "fit_network", "infer_parameter", "score_trajectories", "ablate_refinements"}
            | TABLES
            | (FIGURES - {"figure_snapshots"}),
        ),
        (
            "eqlearn/lasso.py",
            "MAX_SWEEPS = 100_000",
            "MAX_SWEEPS = 100_001",
            LEARN_AS_PUBLISHED
            | {"infer_parameter", "score_trajectories", "tabulate_embedded_equations"}
            | TABLES
            | (FIGURES - {"figure_snapshots"}),
        ),
        (
            "eqlearn/style.py",
            '"font.size": 8',
            '"font.size": 9',
            FIGURES | NETWORK_FIGURES | PDE_FIGURES | SPRING_FIGURES,
        ),
        (
            "eqlearn/weak_form.py",
            "POWER_X, POWER_T = 8, 4",
            "POWER_X, POWER_T = 8, 5",
            {"fit_sindy_refined", "recover_pde"} | PDE_TABLES | PDE_FIGURES,
        ),
        (
            "eqlearn/networks/gates.py",
            "EDGE = 1e-6",
            "EDGE = 1e-7",
            READ | AFTER_NETWORKS | PDE_NETWORKS | READ_SPRINGS | KEPT_RUNS | TRAIN,
        ),
        (
            "eqlearn/networks/elimination.py",
            "MOST = 200",
            "MOST = 201",
            READ | PDE_NETWORKS | READ_SPRINGS | KEPT_RUNS,
        ),
        (
            "eqlearn/learners/network_study.py",
            "HIGHEST = 10",
            "HIGHEST = 9",
            AFTER_NETWORKS,
        ),
        (
            "figure_snapshots.py",
            "PANEL = (1.75, 1.85)",
            "PANEL = (1.8, 1.9)",
            {"figure_snapshots"},
        ),
        (
            "eqlearn/datasets/birth_death_migration.py",
            "MAX_AGENTS = 1_000_000",
            "MAX_AGENTS = 1_000_001",
            SIMULATE | AFTER_SIMULATION | (TABLES - {"tabulate_recovery"}) | FIGURES | {"tabulate_embedded_equations"},
        ),
    ],
)
def test_an_edited_module_reruns_exactly_its_users(finished_copy, module, old, new, expected):
    finished_copy.edit(module, old, new)
    assert finished_copy.rules_to_run() == expected


def test_a_changed_setting_reruns_what_it_concerns(finished_copy):
    finished_copy.configure(learners={"oat.refined": {"powers": 4, "max_terms": 2}})
    rules = finished_copy.rules_to_run()
    assert "fit_oat" in rules
    assert not rules & (SIMULATE | {"merge_simulations", "differentiate", "sample_mean_field"})


def test_a_changed_locked_version_reruns_its_users(finished_copy):
    lock = finished_copy.folder / "envs" / "numerics.lock"
    lines = ["sympy==0.0.1" if line.startswith("sympy==") else line for line in lock.read_text().splitlines()]
    lock.write_text("\n".join(lines) + "\n")
    assert finished_copy.rules_to_run() == (
        READ
        | AFTER_NETWORKS
        | PDE_TABLES
        | PDE_FIGURES
        | READ_SPRINGS
        | {"verify", "tabulate_embedded_equations", "solve_pde", "sample_pde", "recover_pde"}
        | {"fit_sindy_published", "fit_sindy_refined", "train_network"}
    )


def test_a_changed_callee_of_compiled_code_changes_the_numbers(finished_copy):
    """The caller's file is unchanged, so Numba's own cache would serve the old machine code."""
    counts = finished_copy.results / "simulations" / "bdm" / "c0.25" / "averages" / "0.nc"
    before = xr.load_dataset(counts)["agents"].values
    finished_copy.edit("eqlearn/random.py", "word = a + d", "word = a + d + d")
    target = counts.relative_to(finished_copy.folder).as_posix()
    done = finished_copy.run("--cores", "1", "--until", "simulate_birth_death_migration", "--", target)
    assert done.returncode == 0, done.stderr
    assert (xr.load_dataset(counts)["agents"].values != before).any()
