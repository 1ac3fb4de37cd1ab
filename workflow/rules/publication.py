"""Which products of a run stand beside which published numbers of paper A."""

from typing import Any

from inference_plan import Inference
from plan import REFERENCE, Plan
from studies import decimal_text

PUBLISHED_NOISE = {"ABM": 0.0, "mean_field_nonoise": 0.0, "mean_field_lessnoise": 0.0025}
PUBLISHED_KIND = {
    "ABM": "birth_death_migration",
    "mean_field_nonoise": "mean_field",
    "mean_field_lessnoise": "mean_field",
}
# Paper A, Section 2: a study must be simulated and sampled like this for its numbers to be compared.
PUBLISHED_STUDY = {
    "parameter": {"start": 0.01, "stop": 5.0, "step": 0.01},
    "death_fraction": 0.5,
    "time": {"samples": 100, "growth_times": 20},
    "migration_rate": 1.0,
    "lattice": {"rows": 120, "columns": 120},
    "replicates": 25,
    "single_runs": {"step": 0.1, "replicates": 10},
}


class Publication:
    """The publication, seen from one run. A place is ``data/initial density``."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def places(self) -> dict[str, str]:
        """Dataset that stands for ``data/initial density`` of the publication, by that place.

        None of a study that is not simulated and sampled as in the publication.
        """
        of_paper = {data: self.plan.config["published"].get(data) for data in PUBLISHED_KIND}
        standing = {data: study for data, study in of_paper.items() if study in self.plan.studies}
        standing = {
            data: study
            for data, study in standing.items()
            if self.plan.studies[study].agrees({"kind": PUBLISHED_KIND[data], **PUBLISHED_STUDY})
        }
        return {
            f"{data}/{decimal_text(dataset.initial_density)}": dataset.name
            for data, study in standing.items()
            for dataset in self.plan.studies[study].datasets
            if dataset.noise == PUBLISHED_NOISE[data]
        }

    def by_dataset(self) -> dict[str, str]:
        """Place of every dataset that stands for one."""
        return {dataset: place for place, dataset in self.places().items()}

    def simulated(self) -> dict[str, str]:
        """Datasets of the agent-based model among those, by place."""
        return {place: dataset for place, dataset in self.places().items() if place.startswith("ABM/")}

    def of_study(self, wildcards: Any) -> dict[str, str]:
        """The same for the datasets of a job's study."""
        datasets = self.plan.study_datasets(wildcards)
        return {dataset: place for dataset, place in self.by_dataset().items() if dataset in datasets}

    def inference(self) -> list[tuple[tuple[str, str], str]]:
        """Estimates that are compared with published ones, by (initial density, ``learner.protocol``)."""
        places = ([*place.split("/"), dataset] for place, dataset in self.places().items())
        inference = Inference(self.plan)
        return [
            ((density, label.split("/")[0]), path)
            for data, density, dataset in places
            if data == "ABM"
            for label, path in zip(inference.estimate_labels(dataset), inference.estimate_files(dataset))
        ]

    def structures(self) -> list[tuple[tuple[str, str], str]]:
        """Tables of the equations per parameter value that are compared with published ones, by (place, learner)."""
        places = self.places().items()
        return [((place, label[1]), path) for place, dataset in places for label, path in self.plan.alone_of([dataset])]

    def embedded(self) -> list[tuple[tuple[str, str, str], str]]:
        """The mean field and equations with embedded parameter that are compared, by (place, learner, number)."""
        places = self.by_dataset()
        known = [((name, *REFERENCE.split("/n")), self.plan.equation_file(name, REFERENCE)) for name in places]
        equations = [*known, *self.plan.embedded_equations()]
        return [((places[name], *label), path) for (name, *label), path in equations if name in places]

    def steps(self, dataset: str) -> dict[str, str]:
        """Step of the sampled parameter values, as text, by their number."""
        study = self.plan.studies[self.plan.datasets[dataset].study]
        steps = sorted(study.settings["experiments"]["steps"])
        return {str(n): decimal_text(step) for n, step in zip(study.experiments, steps)}
