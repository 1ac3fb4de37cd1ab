"""What a run consists of: names of files and labels, as the rules ask for them.

Methods that take ``wildcards`` are input or parameter functions of rules. A label is ``learner.protocol/n``, the
place of an equation below its dataset's folder.
"""

from collections.abc import Callable
from typing import Any

from benchmarks import KIND as ANALYTIC
from configuration import require_short
from labels import labels_of, own_labels
from learner_settings import NETWORKS, check_networks, settings_of
from pdes import KIND as PDE
from springs import KIND as SPRINGS
from studies import Dataset, Study, decimal_text
from table_study import NONE, TableStudy

REFERENCE = "mean_field.theory/n0"
ALONE = "oat"  # learners that give an equation per parameter value, too
JOINED = (ALONE, *NETWORKS)  # learners that are fitted one parameter value at a time, then joined


def _study(name: str, settings: dict[str, Any], tables: dict[str, str]) -> Study:
    return TableStudy(name, settings, tables[name]) if settings["kind"] == "table" else Study(name, settings)


class Plan:
    """Studies and datasets of one run, from a checked configuration."""

    def __init__(self, config: dict[str, Any], tables: dict[str, str] | None = None) -> None:
        self.config = config
        self.run = f"results/{config['run']}"
        built = {name: config["studies"][name] for name in config["build"]}
        own = {name: study for name, study in built.items() if study["kind"] not in (ANALYTIC, PDE, SPRINGS)}
        self.studies = {name: _study(name, study, tables or {}) for name, study in own.items()}
        self.datasets = {dataset.name: dataset for study in self.studies.values() for dataset in study.datasets}
        for study in self.studies.values():
            require_short(study.key(), [dataset.name for dataset in study.datasets])
            check_networks(config, study)

    def of_kind(self, kind: str) -> list[str]:
        """Names of the studies of a kind."""
        return [name for name, study in self.studies.items() if study.kind == kind]

    def with_setting(self, key: str) -> list[str]:
        """Names of the studies that have a setting."""
        return [name for name, study in self.studies.items() if study.settings.get(key)]

    def with_learner(self, family: str) -> list[str]:
        """Names of the studies with a learner of a family, such as es."""
        return [name for name, study in self.studies.items() if study.learners_of(family)]

    def own_studies(self, studies: list[str]) -> list[str]:
        """Those of some studies whose data are this project's own."""
        return [name for name in studies if self.studies[name].kind != "table"]

    def datasets_of(self, studies: list[str]) -> list[str]:
        """Names of the datasets of some studies."""
        return [dataset.name for name in studies for dataset in self.studies[name].datasets]

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
        return self._batches(wildcards, wildcards.purpose)

    def averaged_batches(self, wildcards: Any) -> list[str]:
        """All batches of the averages of a study."""
        return self._batches(wildcards, "averages")

    def _batches(self, wildcards: Any, purpose: str) -> list[str]:
        folder = f"{self.run}/simulations/{wildcards.study}/c{wildcards.density}/{purpose}"
        return [f"{folder}/{batch}.nc" for batch, _ in enumerate(self.study(wildcards).batches(purpose))]

    def simulation_file(self, product: str) -> Callable:
        """Input function: averages, single_runs or snapshots of the job's dataset."""

        def path(wildcards: Any) -> str:
            dataset = self.dataset(wildcards)
            return f"{self.run}/simulations/{dataset.study}/c{decimal_text(dataset.initial_density)}/{product}.nc"

        return path

    def trajectories_file(self, wildcards: Any) -> str:
        """Trajectories of a dataset, simulated or sampled."""
        match self.study(wildcards).kind:
            case "birth_death_migration":
                return self.simulation_file("averages")(wildcards)
            case "table":
                return f"{self.run}/imported/{wildcards.dataset}.nc"
        return f"{self.run}/simulations/mean_field/{wildcards.dataset}.nc"

    def study_property(self, name: str) -> Callable:
        """Parameter function: a property of the job's study."""
        return lambda wildcards: getattr(self.study(wildcards), name)

    # Equations

    def learned_labels(self, dataset: str) -> list[str]:
        """Labels of all equations that are learned from a dataset, most experiments first."""
        study = self.studies[self.datasets[dataset].study]
        return [f"{learner}/n{n}" for learner in study.settings["learners"] for n in study.experiments_of(learner)]

    def sampled_values(self, wildcards: Any) -> list[float]:
        """Parameter values that a learner sees."""
        return self.study(wildcards).experiments[int(wildcards.experiments)]

    def learner_settings(self, label: str) -> Callable:
        """Parameter function: settings of a learner for the job's dataset."""

        def settings(wildcards: Any) -> dict[str, Any]:
            return settings_of(self.config, self.study(wildcards), label, self.dataset(wildcards).density_text)

        return settings

    def network_settings(self, wildcards: Any) -> dict[str, Any]:
        """Parameter function: settings of a network on trajectories, and where it is trained."""
        settings = self.learner_settings(f"{wildcards.network}.refined")(wildcards)
        return {**{key: value for key, value in settings.items() if key != "reading"}, **self.config["training"]}

    def labels(self, wildcards: Any) -> list[str]:
        """Labels of all equations of a job's dataset: the mean field, then what was learned."""
        return [*self.references(self.study(wildcards)), *self.learned_labels(wildcards.dataset)]

    def references(self, study: Study) -> list[str]:
        """Labels of equations that are known without learning; none for a user's table."""
        return [] if study.kind == "table" else [REFERENCE]

    def equation_files(self, wildcards: Any) -> list[str]:
        """Files of all equations of a job's dataset, in the order of ``labels``."""
        return [self.equation_file(wildcards.dataset, label) for label in self.labels(wildcards)]

    def equation_file(self, dataset: str, label: str) -> str:
        """File of one equation."""
        return f"{self.run}/equations/{dataset}/{label}.json"

    def alone_labels(self, wildcards: Any) -> list[str]:
        """Labels of the equations per parameter value, from the most experiments."""
        study = self.study(wildcards)
        return [f"{learner}.alone/n{max(study.experiments_of(learner))}" for learner in study.learners_of(ALONE)]

    def alone_files(self, wildcards: Any) -> list[str]:
        """Tables of the equations per parameter value of a job's dataset, in the order of ``alone_labels``."""
        return [path for _, path in self.alone_of([wildcards.dataset])]

    def alone_of(self, datasets: list[str]) -> list[tuple[tuple[str, str], str]]:
        """Tables of the equations per parameter value by (dataset, learner)."""
        return [
            ((dataset, learner), self.alone_file(dataset, learner))
            for dataset in datasets
            for learner in self.studies[self.datasets[dataset].study].learners_of(ALONE)
        ]

    def alone_file(self, dataset: str, learner: str) -> str:
        """Table of the equations per parameter value of a dataset."""
        most = max(self.studies[self.datasets[dataset].study].experiments_of(learner))
        return self.per_parameter_file(dataset, f"{learner}/n{most}")

    def per_parameter_file(self, dataset: str, label: str) -> str:
        """Table of the equations per parameter value from which one equation was joined."""
        return f"{self.run}/equations/{dataset}/{label}.per_parameter.csv"

    def joined_labels(self, wildcards: Any) -> list[str]:
        """Labels of a dataset's equations that were joined from numbers of experiments that all such learners have."""
        study = self.study(wildcards)
        learners = study.learners_of(ALONE)
        shared = [n for n in study.experiments if all(n in study.experiments_of(learner) for learner in learners)]
        return [f"{learner}/n{n}" for n in shared for learner in learners]

    def joined_files(self, wildcards: Any) -> list[str]:
        """Tables of the equations per parameter value in the order of ``joined_labels``."""
        return [self.per_parameter_file(wildcards.dataset, label) for label in self.joined_labels(wildcards)]

    def points_files(self, wildcards: Any) -> list[str]:
        """Tables of the equations per parameter value of a job's study and learner; none for learners without."""
        learner = f"{wildcards.learner}.{wildcards.protocol}"
        named = self.study_datasets(wildcards) if wildcards.learner in JOINED else []
        return [self.alone_file(dataset, learner) for dataset in named]

    def embedded_equations(self) -> list[tuple[tuple[str, str, str], str]]:
        """All equations with embedded parameter by (dataset, learner, number of experiments)."""
        return [
            ((dataset, *label.split("/n")), self.equation_file(dataset, label))
            for dataset in self.datasets
            for label in self.learned_labels(dataset)
            if label.startswith("es.")
        ]

    def coefficient_figures(self) -> list[str]:
        """Study and learner of every figure of coefficients, as in file names."""
        return [f"{name}.{learner}" for name, study in self.studies.items() for learner in study.settings["learners"]]

    def coefficient_labels(self, wildcards: Any) -> dict[str, str]:
        """How the report lists a figure of coefficients: by its number in paper A, study and protocol."""
        number = "N3" if wildcards.learner == "es" else "N2"
        result = f"{number} coefficients, {wildcards.learner.upper()}"
        return {"result": result, "data": wildcards.study, "protocol": wildcards.protocol}

    # Figures

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
        return [*self.references(study), *self.alone_labels(wildcards), *joined]

    def figure_labels(self, wildcards: Any) -> dict[str, str]:
        """Labels of axes and symbols for the figures of a job's study."""
        study = self.study(wildcards)
        scaled = study.time_scale != NONE
        return labels_of(study.quantities, scaled) if study.kind == "table" else own_labels(scaled)

    def printed_values(self) -> dict[str, float]:
        """Parameter value at which the summary prints the equations, by dataset; of a table, the middle example."""
        studies = {name: self.studies[dataset.study] for name, dataset in self.datasets.items()}
        return {
            name: study.examples[len(study.examples) // 2] if study.kind == "table" else 1.0
            for name, study in studies.items()
        }
