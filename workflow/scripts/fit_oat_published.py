"""Learn one sparse equation per parameter value and join those of the target structure, as published (OAT ME-EQL)."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from eqlearn.dataset import read_dataset
from eqlearn.equation import write_equation
from eqlearn.held_out import judged
from eqlearn.job import logged_to
from eqlearn.learners import oat_published
from eqlearn.learners.published import Path as LassoPath
from eqlearn.origin import origin
from eqlearn.scales import warned
from eqlearn.tables import write_table
from eqlearn.verdict import Limits
from tqdm import tqdm


def fit_oat_published(
    *,
    dataset: Path,
    equation: Path,
    per_parameter: Path,
    values: list[float],
    settings: dict,
    code: dict,
    verdict: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Write the joined equation, and a table of what each parameter value alone gives;
    ``verdict``: changes to ``Limits``."""
    whole = read_dataset(dataset)
    data = whole.at(values)
    provenance = origin(settings, code, learner="oat.published", dataset=data.name, dataset_digest=data.digest())
    provenance |= warned(data)
    path = LassoPath(**{key: settings[key] for key in ("powers", "penalties", "cap", "folds")})
    chosen = oat_published.Settings(path, settings["target"], settings["degree"])
    progress = partial(tqdm, desc="experiments", mininterval=5)
    learned = oat_published.learn(data, chosen, provenance, progress)
    write_table(learned.per_parameter, per_parameter)
    write_equation(judged(learned.equation, data, learned.refit, Limits(**verdict), whole), equation)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        fit_oat_published(
            dataset=snakemake.input.dataset,
            equation=snakemake.output.equation,
            per_parameter=snakemake.output.per_parameter,
            values=snakemake.params["values"],
            settings=snakemake.params.settings,
            verdict=snakemake.params.verdict,
            code=snakemake.params.code,
        )
