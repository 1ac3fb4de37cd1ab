"""What infers parameters, and what switches refinements off to see what they bring: labels and files, for rules.

Methods that take ``wildcards`` are input or parameter functions of rules.
"""

from typing import Any

from plan import ALONE, REFERENCE, Plan


class Inference:
    """Inference of parameters in one run."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def inference_labels(self, dataset: str) -> list[str]:
        """Labels of the equations that infer parameters: the mean field, and all learners at the study's step."""
        study = self.plan.studies[self.plan.datasets[dataset].study]
        return [REFERENCE, *(f"{learner}/n{study.inference_experiments}" for learner in study.settings["learners"])]

    def ablated_datasets(self) -> list[str]:
        """Datasets of the studies, not users' tables, with both refined learners."""
        both = {"oat.refined", "es.refined"}
        studies = [name for name, study in self.plan.studies.items() if both <= set(study.settings["learners"])]
        return self.plan.datasets_of(self.plan.own_studies(studies))

    def ablation_values(self, wildcards: Any) -> list[float]:
        """Experiments of an ablation: those that infer parameters, or a middling number."""
        study = self.plan.study(wildcards)
        middle = list(study.experiments)[len(study.experiments) // 2]
        return study.experiments[study.inference_experiments if "inference" in study.settings else middle]

    def single_runs_files(self, wildcards: Any) -> list[str]:
        """Single runs of a job's dataset, where its study has them."""
        there = self.plan.study(wildcards).single_run_values
        return [self.plan.simulation_file("single_runs")(wildcards)] if there else []

    def limit_label(self, dataset: str) -> str:
        """Label of the inference by the averages themselves."""
        return f"mean_curves.theory/n{max(self.plan.studies[self.plan.datasets[dataset].study].experiments)}"

    def training_files(self, wildcards: Any) -> list[str]:
        """Averages and replicates that a refined equation was learned from; nothing for other protocols."""
        if wildcards.protocol != "refined":
            return []
        replicates = self.plan.simulation_file(f"replicates.n{wildcards.experiments}")(wildcards)
        return [f"{self.plan.run}/datasets/{wildcards.dataset}.nc", replicates]

    def inferring_equations(self, datasets: list[str]) -> list[tuple[tuple[str, str], str]]:
        """Equations that infer parameters by (dataset, label)."""
        pairs = ((dataset, label) for dataset in datasets for label in self.inference_labels(dataset))
        return [((dataset, label), self.plan.equation_file(dataset, label)) for dataset, label in pairs]

    def inferring_tables(self, datasets: list[str]) -> list[tuple[tuple[str, str], str]]:
        """Tables of the equations per parameter value from which those were joined, by (dataset, learner)."""
        return [
            ((dataset, label.split("/")[0]), self.plan.per_parameter_file(dataset, label))
            for (dataset, label), _ in self.inferring_equations(datasets)
            if label.startswith(f"{ALONE}.")
        ]

    def estimate_files(self, dataset: str) -> list[str]:
        """Estimates of a dataset, in the order of ``estimate_labels``."""
        return [f"{self.plan.run}/inference/{dataset}/{label}.csv" for label in self.estimate_labels(dataset)]

    def estimate_labels(self, dataset: str) -> list[str]:
        """Labels of all that infers parameters: equations, and the averages themselves."""
        return [*self.inference_labels(dataset), self.limit_label(dataset)]
