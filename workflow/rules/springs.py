"""Studies of images of particles: names of files, as rules ask for them. A label is ``network.protocol``."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from benchmarks import Benchmark, Benchmarks
from configuration import ConfigurationError
from learner_settings import settings_for

KIND = "springs"
TASKS = ("force", "energy")
BASELINE = "relu.published"
# Paper B, Section IV-C: a study must be sampled like this for its numbers to be compared.
PUBLISHED_STUDY = {
    "parameter": [[-3.0, 0.0, 64], [0.0, 3.0, 64]],
    "image": {"pixels": 64, "reach": 4.0, "width": 0.1},
    "reach": 3.0,
    "separation": {"train": 4.0, "test": None},
    "samples": {"train": 512, "test": 256},
}


class Springs(Benchmarks):
    """Studies of images of one run, from a checked configuration. Raises ConfigurationError."""

    kind, wildcard = KIND, "spring"
    published_study = PUBLISHED_STUDY

    def _check(self, name: str, settings: dict[str, Any]) -> None:
        self._check_segments(name, settings)
        self._check_known(f"studies.{name}.tasks", settings["tasks"], [*settings["definitions"], *TASKS])
        for task in settings["tasks"]:
            if task not in settings["learners"]:
                raise ConfigurationError(f"config key 'studies.{name}.learners.{task}': is missing.")
            self._check_learners({"learners": settings["learners"][task]})

    def _datasets(self, name: str, settings: dict[str, Any]) -> Iterator[Benchmark]:
        return (Benchmark(name, task, 0.0, seed) for task, seed in product(settings["tasks"], settings["seeds"]))

    def sampling(self, wildcards: Any) -> dict[str, Any]:
        """Parameter function: how the job's dataset is sampled, with the definition of its task alone."""
        study, task = self.study(wildcards), self.datasets[wildcards.spring].function
        own = {name: value for name, value in study["definitions"].items() if name == task}
        keys = ("parameter", "image", "reach", "separation", "images", "samples")
        return {**{key: study[key] for key in keys}, "definitions": own}

    def network(self, wildcards: Any) -> dict[str, Any]:
        """Settings of the job's network on images."""
        return settings_for(self.config, f"{wildcards.network}.{wildcards.protocol}", "images")

    def baseline(self, _wildcards: Any) -> dict[str, Any]:
        """Parameter function: settings of the baseline's training."""
        return {**self.config["learners"][BASELINE], **self.config["training"]}

    def reading(self, wildcards: Any) -> dict[str, Any]:
        """Parameter function: settings of the job's reading."""
        settings = self.network(wildcards)
        return {key: settings[key] for key in ("reading", "held_out")}

    def labels(self, wildcards: Any) -> list[tuple[str, str]]:
        """Parameter function: (dataset, label) of everything learned in the job's study."""
        return list(self._labels(wildcards.study))

    def _labels(self, study: str) -> Iterator[tuple[str, str]]:
        learners = self.studies[study]["learners"]
        return ((name, label) for name in self.names_of(study) for label in learners[self.datasets[name].function])

    def read_labels(self, wildcards: Any) -> list[tuple[str, str]]:
        """Parameter function: the same without the baseline."""
        return self.read_of(wildcards.study)

    def read_of(self, study: str) -> list[tuple[str, str]]:
        """(dataset, label) of everything in a study of which an equation is read."""
        return [each for each in self._labels(study) if each[1] != BASELINE]

    def baseline_labels(self, wildcards: Any) -> list[tuple[str, str]]:
        """Parameter function: the baseline alone."""
        return [each for each in self._labels(wildcards.study) if each[1] == BASELINE]

    def files(self, folder: str, ending: str) -> Any:
        """Input function: a product of every label of the job's study, in the order of ``labels``."""
        return lambda wildcards: [
            f"{self.run}/{folder}/{name}/{label}{ending}" for name, label in self._labels(wildcards.study)
        ]

    def read_files(self, ending: str) -> Any:
        """Input function: a product of reading, in the order of ``read_labels``."""
        return lambda wildcards: [
            f"{self.run}/equations/{name}/{label}/{ending}" for name, label in self.read_labels(wildcards)
        ]

    def baseline_files(self, ending: str) -> Any:
        """Input function: a product of the baseline, in the order of ``baseline_labels``."""
        return lambda wildcards: [
            f"{self.run}/networks/{name}/{label}{ending}" for name, label in self.baseline_labels(wildcards)
        ]

    def tasks(self, wildcards: Any) -> dict[str, dict[str, Any]]:
        """Parameter function: task and seed by dataset of the job's study."""
        datasets = {name: self.datasets[name] for name in self.names_of(wildcards.study)}
        return {name: {"task": dataset.function, "seed": dataset.seed} for name, dataset in datasets.items()}

    def study_table(self, table: str) -> Any:
        """Input function: a table of the study of the job's dataset."""
        return lambda wildcards: f"{self.run}/tables/springs/{self._dataset(wildcards).study}.{table}.csv"
