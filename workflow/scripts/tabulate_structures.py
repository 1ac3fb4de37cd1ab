"""Count how often each structure is learned at one parameter value alone, over bands of the parameter."""

from pathlib import Path

import pandas as pd
from eqlearn.job import logged_to
from eqlearn.paper_a import BANDS, by_place, structures_alone
from eqlearn.references import PUBLICATION
from eqlearn.tables import read_table, write_table


def tabulate_structures(
    *, alone: dict[tuple[str, str], Path], places: dict[str, str], published: Path, structures: Path
) -> None:
    """Write one row per dataset, learner, band and structure (powers of the state, as text): count, of how many, share.

    ``alone``: tables per parameter value by dataset and learner; ``places``: where a dataset stands in the publication,
    as ``data/initial density``, by dataset. Bands without a parameter value have no row.
    """
    counts = [_published(name, place, published) for name, place in places.items()]
    for (name, learner), path in alone.items():
        learned = structures_alone(read_table(path, ["parameter_value", "power"], ["model"]))
        for band, (low, high) in BANDS.items():
            inside = learned[(learned.index >= low) & (learned.index <= high)]
            counts.append(_rows(name, learner, band, inside.value_counts()))
    write_table(pd.concat(counts), structures)


def _published(name: str, place: str, path: Path) -> pd.DataFrame:
    table = by_place(path, ["count_of_500_rp"], ["powers_of_c"])
    rows = table[table["place"] == place]
    return _rows(name, PUBLICATION, "all", rows.set_index("powers_of_c")["count_of_500_rp"])


def _rows(name: str, learner: str, band: str, counts: pd.Series) -> pd.DataFrame:
    """Most frequent first, of equals the simplest."""
    order = sorted(counts.index, key=lambda powers: (-counts[powers], len(powers), powers))
    numbers, total = counts[order].to_numpy(), counts.sum()
    place = {"dataset": name, "learner": learner, "band": band}
    return pd.DataFrame({**place, "powers": order, "count": numbers, "of": total, "share": numbers / max(total, 1)})


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        tabulate_structures(
            alone={tuple(label): path for label, path in zip(snakemake.params.labels, snakemake.input.alone)},
            places=snakemake.params.places,
            published=snakemake.input.published,
            structures=snakemake.output.structures,
        )
