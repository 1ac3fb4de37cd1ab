"""Studies of partial differential equations: names of files, as rules ask for them.

A field is an equation on a grid; a dataset adds the study, noise and seed. A label is ``learner.protocol``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from benchmarks import Benchmarks
from configuration import ConfigurationError
from learner_settings import NETWORKS, settings_for
from studies import decimal_text

KIND = "pde"
EQUATIONS = ("advection_diffusion", "burgers", "kuramoto_sivashinsky")
# Paper B, Section IV-B: a study must be differentiated like this for its numbers to be compared.
PUBLISHED_STUDY = {
    "derivatives": {
        "advection_diffusion": {"space": "spectral", "time": "central"},
        "burgers": {"space": "central", "time": "central"},
        "kuramoto_sivashinsky": {"space": "spectral", "time": "central"},
    },
    "highest_derivative": 4,
}


@dataclass(frozen=True)
class PdeDataset:
    """One dataset: an equation on a grid (points in x, times), at a noise level, drawn with a seed."""

    study: str
    function: str
    grid: tuple[int, int]
    noise: float
    seed: int

    @property
    def field(self) -> str:
        """Name of the solution, such as burgers-256x256."""
        return f"{self.function}-{self.grid[0]}x{self.grid[1]}"

    @property
    def name(self) -> str:
        """Name as in file names, such as pde-burgers-256x256-noise0.01-seed3."""
        noise = f"-noise{decimal_text(self.noise)}" if self.noise else ""
        return f"{self.study}-{self.field}{noise}{f'-seed{self.seed}' if self.seed else ''}"


class Pdes(Benchmarks):
    """Studies of partial differential equations of one run, from a checked configuration. Raises ConfigurationError."""

    kind, wildcard = KIND, "pde"

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.fields = {dataset.field: dataset for dataset in self.datasets.values()}
        self.definitions = {key: own for s in self.studies.values() for key, own in s["definitions"].items()}

    def _check(self, name: str, settings: dict[str, Any]) -> None:
        place = f"config key 'studies.{name}"
        known = [*settings["definitions"], *EQUATIONS]
        self._check_known(f"studies.{name}.equations", settings["equations"], known)
        for equation in settings["equations"]:
            for key in ("grids", "derivatives"):
                if equation not in settings[key]:
                    raise ConfigurationError(f"{place}.{key}.{equation}': is missing.")
        for key in set(EQUATIONS) & set(settings["definitions"]):
            raise ConfigurationError(f"{place}.definitions.{key}': is the name of a benchmark; choose another.")
        for other, more in self.studies.items():
            for key in more["definitions"]:
                if settings["definitions"].get(key, more["definitions"][key]) != more["definitions"][key]:
                    raise ConfigurationError(f"{place}.definitions.{key}': differs from that of study {other!r}.")
        self._check_learners({"learners": [*settings["learners"], *settings["recovery"]["learners"]]})

    def _datasets(self, name: str, settings: dict[str, Any]) -> Iterator[PdeDataset]:
        random = any(map(_is_network, settings["learners"]))  # a network draws its start, others nothing without noise
        for equation in settings["equations"]:
            for grid, noise, seed in product(settings["grids"][equation], settings["noise"], settings["seeds"]):
                if noise or random:
                    yield PdeDataset(name, equation, tuple(grid), noise, seed)
                elif seed == settings["seeds"][0]:
                    yield PdeDataset(name, equation, tuple(grid), noise, 0)

    @property
    def field_pattern(self) -> str:
        """Regular expression of the names of fields; one that nothing matches where there are none."""
        return "|".join(sorted(self.fields)) or "(?!)"

    def solving(self, wildcards: Any) -> dict[str, Any]:
        """Parameter function: equation and grid of the job's field, and the equation's own definition."""
        field = self.fields[wildcards.field]
        own = {key: value for key, value in self.definitions.items() if key == field.function}
        return {"equation": field.function, "points": field.grid[0], "times": field.grid[1], "definitions": own}

    def field_file(self, wildcards: Any) -> str:
        """Input function: the solution behind the job's dataset."""
        return f"{self.run}/simulations/pde/{self.datasets[wildcards.pde].field}.nc"

    def differentiation(self, wildcards: Any) -> dict[str, Any]:
        """Parameter function: methods and highest order of the job's derivatives."""
        study, dataset = self.study(wildcards), self.datasets[wildcards.pde]
        methods = study["noisy_derivatives"] if dataset.noise else study["derivatives"][dataset.function]
        return {"methods": methods, "highest": study["highest_derivative"]}

    def network(self, wildcards: Any) -> dict[str, Any]:
        """Settings of the job's network on fields; features by equation become those of the job's, or all."""
        settings = settings_for(self.config, f"{wildcards.network}.{wildcards.protocol}", "fields")
        features = settings.pop("features", {}).get(self.datasets[wildcards.problem].function)
        return {**settings, **({"features": features} if features else {})}

    def equation_files(self, wildcards: Any) -> list[str]:
        """Input function: the equations of the job's study, in the order of ``labels``."""
        return [f"{self.run}/equations/{name}/{label}/{product_of(label)}" for name, label in self.labels(wildcards)]

    def trained(self, wildcards: Any) -> list[tuple[str, str]]:
        """Parameter function: (dataset, label) of the networks of the job's study."""
        return [(dataset, label) for dataset, label in self.labels(wildcards) if _is_network(label)]

    def trial_files(self, wildcards: Any) -> list[str]:
        """Input function: tables of their trials, in the same order."""
        return [f"{self.run}/equations/{dataset}/{label}/nall.trials.csv" for dataset, label in self.trained(wildcards)]

    def learner(self, protocol: str) -> Any:
        """Parameter function: settings of the job's learner."""
        return lambda wildcards: self.config["learners"][f"{wildcards.learner}.{protocol}"]

    def recovery_settings(self, wildcards: Any) -> dict[str, Any]:
        """Parameter function: noise, seeds, derivatives and settings of the learners of a recovery job."""
        study = self.study(wildcards)
        keys = ("noisy_derivatives", "highest_derivative")
        learners = {label: self.config["learners"][label] for label in study["recovery"]["learners"]}
        clean = {"derivatives": study["derivatives"][self.fields[wildcards.field].function]}
        return {**study["recovery"], **{key: study[key] for key in keys}, **clean, "learners": learners}

    def recovery_files(self, wildcards: Any) -> list[str]:
        """Input function: the recovery tables of a study, one per equation on the first of its grids."""
        return self._recovery(wildcards.study)

    def published_recovery(self) -> list[str]:
        """The same of the study that stands for the publication's."""
        return [path for name in self.published() if name in self.with_recovery() for path in self._recovery(name)]

    def _recovery(self, name: str) -> list[str]:
        study = self.studies[name]
        firsts = [PdeDataset(name, e, tuple(study["grids"][e][0]), 0.0, 0) for e in study["equations"]]
        return [f"{self.run}/tables/pdes/recovery/{name}/{first.field}.csv" for first in firsts]

    def with_recovery(self) -> list[str]:
        """Studies that repeat what is learned under noise."""
        return [name for name, settings in self.studies.items() if settings["recovery"]["seeds"]]

    def functions(self, wildcards: Any) -> dict[str, dict[str, Any]]:
        """Parameter function: equation, grid, noise and seed by dataset of the job's study."""
        datasets = {name: self.datasets[name] for name in self.names_of(wildcards.study)}
        return {
            name: {"equation": d.function, "grid": d.field.rpartition("-")[2], "noise": d.noise, "seed": d.seed}
            for name, d in datasets.items()
        }

    def _as_published(self, settings: dict[str, Any]) -> bool:
        known = [equation for equation in settings["equations"] if equation in EQUATIONS]
        methods = all(settings["derivatives"][e] == PUBLISHED_STUDY["derivatives"][e] for e in known)
        return methods and settings["highest_derivative"] == PUBLISHED_STUDY["highest_derivative"]


def _is_network(label: str) -> bool:
    return label.split(".")[0] in NETWORKS


def product_of(label: str) -> str:
    """The equation of a learner that is scored; published networks are reported as trained."""
    return "nall.raw.json" if _is_network(label) and label.endswith(".published") else "nall.json"
