"""What a run consists of: names of files and labels, as the rules ask for them.

Methods that take ``wildcards`` are input or parameter functions of rules. A label is ``learner.protocol/n``, the
place of an equation below its dataset's folder.
"""

from collections.abc import Callable
from typing import Any

from benchmarks import KIND as ANALYTIC
from studies import Dataset, Study, decimal_text

REFERENCE = "mean_field.theory/n0"
PUBLISHED_NOISE = {"ABM": 0.0, "mean_field_nonoise": 0.0, "mean_field_lessnoise": 0.0025}
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


class Plan:
    """Studies and datasets of one run, from a checked configuration."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.run = f"results/{config['run']}"
        built = {name: config["studies"][name] for name in config["build"]}
        self.studies = {name: Study(name, study) for name, study in built.items() if study["kind"] != ANALYTIC}
        self.datasets = {dataset.name: dataset for study in self.studies.values() for dataset in study.datasets}

    def of_kind(self, kind: str) -> list[str]:
        """Names of the studies of a kind."""
        return [name for name, study in self.studies.items() if study.kind == kind]

    def study(self, wildcards: Any) -> Study:
        """The study that a job's wildcards belong to."""
        return self.studies[wildcards.study if hasattr(wildcards, "study") else self.dataset(wildcards).study]

    def dataset(self, wildcards: Any) -> Dataset:
        """The dataset of a job."""
        return self.datasets[wildcards.dataset]

    def setting(self, *keys: str) -> Callable:
        """Parameter function: one setting of the job's study, or a dictionary of several."""

        def chosen(wildcards: Any) -> Any:
            settings = self.study(wildcards).settings
            return settings[keys[0]] if len(keys) == 1 else {key: settings[key] for key in keys}

        return chosen

    # Simulation

    def batch_values(self, wildcards: Any) -> list[float]:
        """Parameter values of a simulation job."""
        return self.study(wildcards).batches(wildcards.purpose)[int(wildcards.batch)]

    def replicates(self, wildcards: Any) -> int:
        """Simulations per parameter value of a simulation job."""
        return self.study(wildcards).replicates(wildcards.purpose)

    def batch_files(self, wildcards: Any) -> list[str]:
        """All batches of one purpose of a study."""
        folder = f"{self.run}/simulations/{wildcards.study}/c{wildcards.density}/{wildcards.purpose}"
        return [f"{folder}/{batch}.nc" for batch, _ in enumerate(self.study(wildcards).batches(wildcards.purpose))]

    def simulation_file(self, product: str) -> Callable:
        """Input function: averages, single_runs or snapshots of the job's dataset."""

        def path(wildcards: Any) -> str:
            dataset = self.dataset(wildcards)
            return f"{self.run}/simulations/{dataset.study}/c{decimal_text(dataset.initial_density)}/{product}.nc"

        return path

    def trajectories_file(self, wildcards: Any) -> str:
        """Trajectories of a dataset, simulated or sampled."""
        if self.study(wildcards).kind == "birth_death_migration":
            return self.simulation_file("averages")(wildcards)
        return f"{self.run}/simulations/mean_field/{wildcards.dataset}.nc"

    # Equations

    def learned_labels(self, dataset: str) -> list[str]:
        """Labels of all equations that are learned from a dataset, most experiments first."""
        study = self.studies[self.datasets[dataset].study]
        return [f"{learner}/n{n}" for learner in study.settings["learners"] for n in study.experiments_of(learner)]

    def sampled_values(self, wildcards: Any) -> list[float]:
        """Parameter values that a learner sees."""
        return self.study(wildcards).experiments[int(wildcards.experiments)]

    def learner_settings(self, label: str) -> Callable:
        """Parameter function: settings of a learner, its own or the study's; of a setting that the study gives by
        initial density, that of the job's dataset."""

        def settings(wildcards: Any) -> dict[str, Any]:
            common = self.config["learners"][label]
            own = self.study(wildcards).settings.get("learner_settings", {}).get(label, {})
            density = decimal_text(self.dataset(wildcards).initial_density)
            chosen = {k: v.get(density, common[k]) if isinstance(v, dict) else v for k, v in own.items()}
            return {**common, **chosen}

        return settings

    def labels(self, wildcards: Any) -> list[str]:
        """Labels of all equations of a job's dataset: the mean field, then what was learned."""
        return [REFERENCE, *self.learned_labels(wildcards.dataset)]

    def equation_files(self, wildcards: Any) -> list[str]:
        """Files of all equations of a job's dataset, in the order of ``labels``."""
        return [self.equation_file(wildcards.dataset, label) for label in self.labels(wildcards)]

    def equation_file(self, dataset: str, label: str) -> str:
        """File of one equation."""
        return f"{self.run}/equations/{dataset}/{label}.json"

    def alone_learners(self, study: Study) -> list[str]:
        """Learners that give an equation per parameter value, too."""
        return [learner for learner in study.settings["learners"] if learner.startswith("oat.")]

    def alone_labels(self, wildcards: Any) -> list[str]:
        """Labels of the equations per parameter value, from the most experiments."""
        study = self.study(wildcards)
        return [f"{learner}.alone/n{max(study.experiments_of(learner))}" for learner in self.alone_learners(study)]

    def alone_files(self, wildcards: Any) -> list[str]:
        """Tables of the equations per parameter value of a job's dataset, in the order of ``alone_labels``."""
        return [path for _, path in self.alone_of([wildcards.dataset])]

    def alone_of(self, datasets: list[str]) -> list[tuple[tuple[str, str], str]]:
        """Tables of the equations per parameter value by (dataset, learner)."""
        return [
            ((dataset, learner), self.alone_file(dataset, learner))
            for dataset in datasets
            for learner in self.alone_learners(self.studies[self.datasets[dataset].study])
        ]

    def alone_file(self, dataset: str, learner: str) -> str:
        """Table of the equations per parameter value of a dataset."""
        most = max(self.studies[self.datasets[dataset].study].experiments_of(learner))
        return f"{self.run}/equations/{dataset}/{learner}/n{most}.per_parameter.csv"

    def coefficient_figures(self) -> list[str]:
        """Study and learner of every figure of coefficients, as in file names."""
        return [f"{name}.{learner}" for name, study in self.studies.items() for learner in self.alone_learners(study)]

    # Inference

    def inference_labels(self, dataset: str) -> list[str]:
        """Labels of the equations that infer parameters: the mean field, and all learners at the study's step."""
        study = self.studies[self.datasets[dataset].study]
        return [REFERENCE, *(f"{learner}/n{study.inference_experiments}" for learner in study.settings["learners"])]

    def estimate_files(self, dataset: str) -> list[str]:
        """Estimates of a dataset, in the order of ``inference_labels``."""
        return [f"{self.run}/inference/{dataset}/{label}.csv" for label in self.inference_labels(dataset)]

    # Figures and verification

    def study_datasets(self, wildcards: Any) -> list[str]:
        """Names of the datasets of a study."""
        return [dataset.name for dataset in self.studies[wildcards.study].datasets]

    def per_dataset(self, folder: str, ending: str = "csv") -> Callable:
        """Input function: one file per dataset of a job's study."""
        return lambda wildcards: [f"{self.run}/{folder}/{name}.{ending}" for name in self.study_datasets(wildcards)]

    def shown_curves(self, wildcards: Any) -> list[str]:
        """Labels of the curves among example fits: mean field, each rate alone, joined from a middling number."""
        study = self.study(wildcards)
        middle = list(study.experiments)[len(study.experiments) // 2]
        joined = [
            f"{learner}/n{middle}" for learner in study.settings["learners"] if middle in study.experiments_of(learner)
        ]
        return [REFERENCE, *self.alone_labels(wildcards), *joined]

    def published_places(self) -> dict[str, str]:
        """Dataset that stands for ``data/initial density`` of the publication, by that place.

        None of a study that is not simulated and sampled as in the publication.
        """
        standing = {data: study for data, study in self.config["published"].items() if study in self.studies}
        standing = {data: study for data, study in standing.items() if self.studies[study].agrees(PUBLISHED_STUDY)}
        return {
            f"{data}/{decimal_text(dataset.initial_density)}": dataset.name
            for data, study in standing.items()
            for dataset in self.studies[study].datasets
            if dataset.noise == PUBLISHED_NOISE[data]
        }

    def published_inference(self) -> list[tuple[tuple[str, str], str]]:
        """Estimates that are compared with published ones, by (initial density, ``learner.protocol``)."""
        places = ([*place.split("/"), dataset] for place, dataset in self.published_places().items())
        return [
            ((density, label.split("/")[0]), path)
            for data, density, dataset in places
            if data == "ABM"
            for label, path in zip(self.inference_labels(dataset), self.estimate_files(dataset))
        ]

    def published_structures(self) -> list[tuple[tuple[str, str], str]]:
        """Tables of the equations per parameter value that are compared with published ones, by (place, learner)."""
        places = self.published_places().items()
        return [((place, label[1]), path) for place, dataset in places for label, path in self.alone_of([dataset])]

    def published_embedded(self) -> list[tuple[tuple[str, str, str], str]]:
        """Equations with embedded parameter that are compared with published ones, by (place, learner, number)."""
        return [
            ((place, *label.split("/n")), self.equation_file(dataset, label))
            for place, dataset in self.published_places().items()
            for label in self.learned_labels(dataset)
            if label.startswith("es.")
        ]

    def steps_of(self, dataset: str) -> dict[str, str]:
        """Step of the sampled parameter values, as text, by their number."""
        study = self.studies[self.datasets[dataset].study]
        steps = sorted(study.settings["experiments"]["steps"])
        return {str(n): decimal_text(step) for n, step in zip(study.experiments, steps)}
