"""Equations on which there is a verdict: their labels ``dataset/learner.protocol/n`` and files, by study."""

from typing import Any

from benchmarks import Benchmarks
from pdes import Pdes, product_of
from plan import Plan
from springs import Springs


class Judged:
    """What was learned in the studies of one run, of any kind; a label is ``dataset/learner.protocol/n``."""

    def __init__(self, plan: Plan, benchmarks: Benchmarks, pdes: Pdes, springs: Springs) -> None:
        own = {name: list(self._own(plan, name)) for name in plan.studies}
        functions = {name: list(self._functions(each, name)) for each in (benchmarks, pdes) for name in each.studies}
        images = {name: list(self._images(springs, name)) for name in springs.studies}
        self.by_study = own | functions | images
        self.run = plan.run

    @staticmethod
    def _own(plan: Plan, study: str):
        for dataset in plan.datasets_of([study]):
            for label in plan.learned_labels(dataset):
                yield f"{dataset}/{label}", plan.equation_file(dataset, label)

    @staticmethod
    def _functions(studies: Benchmarks, study: str):
        for dataset in studies.names_of(study):
            for label in studies.studies[study]["learners"]:
                yield f"{dataset}/{label}/nall", f"{studies.run}/equations/{dataset}/{label}/{product_of(label)}"

    @staticmethod
    def _images(springs: Springs, study: str):
        for dataset, label in springs.read_of(study):
            yield f"{dataset}/{label}/nall", f"{springs.run}/equations/{dataset}/{label}/nall.json"

    def labels(self, wildcards: Any) -> list[str]:
        """Parameter function: labels of the equations of the job's study."""
        return [label for label, _ in self.by_study[wildcards.study]]

    def files(self, wildcards: Any) -> list[str]:
        """Input function: their files, in the same order."""
        return [path for _, path in self.by_study[wildcards.study]]

    def table(self, study: str) -> str:
        """File of the verdicts of a study."""
        return f"{self.run}/tables/verdicts/{study}.csv"

    def tables(self) -> list[str]:
        """Files of all verdicts of the run."""
        return list(map(self.table, self.by_study))
