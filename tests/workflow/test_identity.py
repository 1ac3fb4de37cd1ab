"""Products do not depend on cores or batches."""

from conftest import TINY, products


def test_products_are_the_same_bytes(project, finished_project):
    """One core and other batches against two cores."""
    bdm = {**TINY["studies"]["bdm"], "batch_size": 3}
    project.configure(studies={**TINY["studies"], "bdm": bdm})
    done = project.run("--cores", "1")
    assert done.returncode == 0, done.stderr
    expected, found = products(finished_project.results), products(project.results)
    ours = {name for name in found if not is_batch(name)}
    assert ours == {name for name in expected if not is_batch(name)}
    assert [name for name in sorted(ours) if found[name] != expected[name]] == []


def is_batch(name: str) -> bool:
    """Whether a product is one batch of simulations, whose content is the batch by definition."""
    return name.startswith("simulations/") and name.split("/")[-1].split(".")[0].isdigit()
