"""Studies of functions in closed form, and what networks make of them: names of files, as rules ask for them.

A label is ``network.protocol``; the equation of a network is learned from all parameter values, so it is ``nall``.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from configuration import ConfigurationError, require_short
from learner_settings import settings_for
from studies import decimal_text

KIND = "analytic"
FUNCTIONS = ("f1", "f2", "f3", "f4", "f5")
# Paper B, Section IV-A: a study must be sampled like this for its numbers to be compared.
PUBLISHED_STUDY = {
    "parameter": [[-3.0, 0.0, 64], [0.0, 3.0, 64]],
    "samples": {"train": 512, "test": 256},
    "reach": {"train": 3.0, "test": 5.0},
}
PUBLISHED_TRIALS = {"seql.published": 40, "heql.published": 40}


@dataclass(frozen=True)
class Benchmark:
    """One dataset: a function at a noise level, drawn with a seed."""

    study: str
    function: str
    noise: float
    seed: int

    @property
    def name(self) -> str:
        """Name as in file names, such as analytic-f1-noise0.01-seed3."""
        noise = f"-noise{decimal_text(self.noise)}" if self.noise else ""
        return f"{self.study}-{self.function}{noise}{f'-seed{self.seed}' if self.seed else ''}"


class Benchmarks:
    """Analytic studies of one run, from a checked configuration. Raises ConfigurationError."""

    kind, wildcard = KIND, "benchmark"  # of studies, and of datasets in rules
    published_study = PUBLISHED_STUDY

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.run = f"results/{config['run']}"
        studies = {name: config["studies"][name] for name in config["build"]}
        self.studies = {name: settings for name, settings in studies.items() if settings["kind"] == self.kind}
        for name, settings in self.studies.items():
            self._check(name, settings)
        self.datasets = {d.name: d for name, settings in self.studies.items() for d in self._datasets(name, settings)}
        for dataset in self.datasets.values():
            require_short(f"studies.{dataset.study}", [dataset.name])

    def _datasets(self, name: str, settings: dict[str, Any]) -> Iterator[Benchmark]:
        return (Benchmark(name, *each) for each in product(*(settings[k] for k in ("functions", "noise", "seeds"))))

    def _check(self, name: str, settings: dict[str, Any]) -> None:
        self._check_known(f"studies.{name}.functions", settings["functions"], [*settings["definitions"], *FUNCTIONS])
        self._check_segments(name, settings)
        self._check_learners(settings)

    def _check_segments(self, name: str, settings: dict[str, Any]) -> None:
        """Segments of increasing parameter values, and rows of them as examples."""
        reached, total = -math.inf, sum(count for *_, count in settings["parameter"])
        for place, (first, last, count) in enumerate(settings["parameter"]):
            if first < reached or (first > last) or (first == last) != (count == 1):
                raise ConfigurationError(
                    f"config key 'studies.{name}.parameter.{place}': is {[first, last, count]}, must be first, last, "
                    "number, and rise from where the segment before ends (a single value: 1.0, 1.0, 1)."
                )
            reached = last
        for row in settings["examples"]:
            if row >= total:
                raise ConfigurationError(
                    f"config key 'studies.{name}.examples': is {row}, must be a row of the {total} parameter values, "
                    "counted from 0."
                )

    def _check_known(self, key: str, names: Iterable[str], known: list[str]) -> None:
        for name in names:
            if name not in known:
                raise ConfigurationError(f"config key '{key}': {name!r} is not defined; known are {', '.join(known)}.")

    def _check_learners(self, settings: dict[str, Any]) -> None:
        for learner in settings["learners"]:
            if learner not in self.config["learners"]:
                raise ConfigurationError(f"config key 'learners.{learner}': is missing.")

    @property
    def pattern(self) -> str:
        """Regular expression of the dataset names; one that nothing matches where there are none."""
        return "|".join(sorted(self.datasets)).replace(".", r"\.") or "(?!)"

    def study(self, wildcards: Any) -> dict[str, Any]:
        """Settings of the study that a job's wildcards belong to."""
        return self.studies[wildcards.study if hasattr(wildcards, "study") else self._dataset(wildcards).study]

    def _dataset(self, wildcards: Any) -> Any:
        return self.datasets[getattr(wildcards, self.wildcard)]

    def setting(self, key: str) -> Callable:
        """Parameter function: one setting of the job's study."""
        return lambda wildcards: self.study(wildcards)[key]

    def of_dataset(self, attribute: str) -> Callable:
        """Parameter function: function, noise or seed of the job's dataset."""
        return lambda wildcards: getattr(self._dataset(wildcards), attribute)

    def sampling(self, wildcards: Any) -> dict[str, Any]:
        """Parameter function: how the job's dataset is sampled, with the definition of its function alone."""
        study, function = self.study(wildcards), self.datasets[wildcards.benchmark].function
        own = {name: value for name, value in study["definitions"].items() if name == function}
        return {**{key: study[key] for key in ("parameter", "samples", "reach")}, "definitions": own}

    def network(self, wildcards: Any) -> dict[str, Any]:
        """Settings of the job's network on this kind of data."""
        return settings_for(self.config, f"{wildcards.network}.{wildcards.protocol}")

    def training(self, wildcards: Any) -> dict[str, Any]:
        """Parameter function: settings of the job's training."""
        settings = self.network(wildcards).items()
        return {**{key: value for key, value in settings if key != "reading"}, **self.config["training"]}

    def reading(self, wildcards: Any) -> dict[str, Any]:
        """Parameter function: settings of the job's reading."""
        settings, keys = self.network(wildcards), ("reading", "parameter_values", "held_out", "features")
        return {key: settings[key] for key in keys if key in settings}

    def names_of(self, study: str) -> list[str]:
        """Names of the datasets of a study."""
        return [name for name, benchmark in self.datasets.items() if benchmark.study == study]

    def labels(self, wildcards: Any) -> list[tuple[str, str]]:
        """Parameter function: (dataset, label) of everything learned in the job's study."""
        return list(product(self.names_of(wildcards.study), self.study(wildcards)["learners"]))

    def functions(self, wildcards: Any) -> dict[str, dict[str, Any]]:
        """Parameter function: function, noise and seed by dataset of the job's study."""
        datasets = {name: self.datasets[name] for name in self.names_of(wildcards.study)}
        return {name: {"function": b.function, "noise": b.noise, "seed": b.seed} for name, b in datasets.items()}

    def equation_files(self, product: str) -> Callable:
        """Input function: a product of reading for every label of the job's study, in the order of ``labels``."""
        return lambda wildcards: [
            f"{self.run}/equations/{dataset}/{label}/{product}" for dataset, label in self.labels(wildcards)
        ]

    def network_files(self, wildcards: Any) -> list[str]:
        """Input function: the trained networks of the job's study, in the order of ``labels``."""
        return [f"{self.run}/networks/{dataset}/{label}.nc" for dataset, label in self.labels(wildcards)]

    def with_noise_levels(self) -> list[str]:
        """Studies with several levels of noise."""
        return [name for name, settings in self.studies.items() if len(settings["noise"]) > 1]

    def dataset_files(self, wildcards: Any) -> list[str]:
        """Input function: the datasets of the job's study."""
        return [f"{self.run}/datasets/{name}.nc" for name in self.names_of(wildcards.study)]

    def published(self) -> list[str]:
        """The study that stands for the publication's, if it is built and made like it; none or one."""
        name = self.config["published"].get(self.kind)
        settings = self.studies.get(name)
        return [name] if settings and self._as_published(settings) else []

    def compared_definitions(self) -> dict[str, Any]:
        """Own definitions of that study; one may bear the name of a benchmark and be another function."""
        return {key: own for name in self.published() for key, own in self.studies[name]["definitions"].items()}

    def _as_published(self, settings: dict[str, Any]) -> bool:
        return all(settings[key] == value for key, value in self.published_study.items())

    def comparable(self) -> list[str]:
        """Learners that may be compared: the published ones with as many trials as in the publication only."""
        learners = self.config["learners"].items()
        trials = {name: settings["trials"] for name, settings in learners if "architecture" in settings}
        return [name for name, number in trials.items() if number >= PUBLISHED_TRIALS.get(name, 1)]
