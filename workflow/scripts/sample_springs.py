"""Draw positions of particles on images, in pairs, and what acts between them, at every parameter value."""

from pathlib import Path

from eqlearn.camera import Camera
from eqlearn.dataset import write_dataset
from eqlearn.datasets import springs
from eqlearn.datasets.analytic import grid
from eqlearn.job import logged_to
from eqlearn.origin import as_attributes, origin


def sample_springs(*, dataset: Path, name: str, task: str, seed: int, settings: dict, code: dict) -> None:
    """Write one dataset; ``settings``: parameter segments, images, positions, and definitions of own tasks."""
    provenance = origin(settings, code, source="springs", task=task, seed=seed)
    data = springs.sampled(
        name,
        springs.task_of(task, settings["definitions"]),
        grid(settings["parameter"]),
        settings["images"],
        settings["samples"],
        settings["reach"],
        settings["separation"],
        (task, f"seed={seed}"),
        as_attributes(provenance),
    )
    Camera(**settings["image"]).image(data.features[:1])  # positions must lie inside of the image
    write_dataset(data, dataset)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        sample_springs(
            dataset=snakemake.output.dataset,
            name=snakemake.wildcards.spring,
            task=snakemake.params.task,
            seed=snakemake.params.seed,
            settings=snakemake.params.settings,
            code=snakemake.params.code,
        )
