"""Products do not depend on cores or batches."""

from conftest import TINY, products

# With what they are made of: of every learner and use one.
TARGETS = (
    "simulations/bdm/c0.25/snapshots.nc",
    "figures/joining/bdm-c0.25.svg",
    "tables/ablation/bdm-c0.25.csv",
    "tables/inference/bdm-c0.25.csv",
    "tables/trajectory_errors/bdm-c0.25.csv",
    "tables/networks/analytic.scores.csv",
    "tables/pdes/pde.scores.csv",
    "tables/pdes/pde.recovery.csv",
    "tables/recovery/mean_field.csv",
    "tables/springs/springs.scores.csv",
)


def test_products_are_the_same_bytes(project, finished_project):
    """Four cores and other batches against two cores."""
    bdm = {**TINY["studies"]["bdm"], "batch_size": 3}
    project.configure(studies={**TINY["studies"], "bdm": bdm})
    done = project.run("--cores", "4", "--", *(f"results/tiny/{target}" for target in TARGETS))
    assert done.returncode == 0, done.stderr
    expected, found = products(finished_project.results), products(project.results)
    ours = {name for name in found if not is_batch(name)}
    assert set(TARGETS) <= ours
    assert [name for name in sorted(ours) if found[name] != expected.get(name)] == []


def is_batch(name: str) -> bool:
    """Whether a product is one batch of simulations, whose content is the batch by definition."""
    return name.startswith("simulations/") and name.split("/")[-1].split(".")[0].isdigit()
