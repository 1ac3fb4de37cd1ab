"""Turn a user's table into a dataset."""

import hashlib
from pathlib import Path

from eqlearn.dataset import Quantity, write_dataset
from eqlearn.datasets.table import Quantities, parametric_dataset
from eqlearn.datasets.table_file import Columns, read_rows
from eqlearn.job import logged_to
from eqlearn.origin import as_attributes, origin


def import_table(
    *,
    table: Path,
    trajectories: Path,
    dataset: str,
    columns: dict[str, str | None],
    quantities: dict[str, dict[str, str]],
    initial_state: float | str,
    time_scale: str,
    code: dict,
) -> None:
    """Write the dataset, with a target where the table has rates; ``initial_state`` is a number or 'data',
    ``time_scale`` the parameter's name or 'none'."""
    chosen = Columns(**columns)
    provenance = origin(
        {"columns": chosen.present},
        code,
        source=Path(table).name,
        source_digest=hashlib.sha256(Path(table).read_bytes()).hexdigest()[:16],
        initial_state=initial_state,
        time_scale=time_scale,
    )
    meaning = Quantities(**{role: Quantity(**quantity) for role, quantity in quantities.items()})
    data = parametric_dataset(dataset, read_rows(table, chosen), meaning, as_attributes(provenance))
    write_dataset(data, trajectories)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        import_table(
            table=snakemake.input.table,
            trajectories=snakemake.output.trajectories,
            dataset=snakemake.wildcards.dataset,
            columns=snakemake.params.columns,
            quantities=snakemake.params.quantities,
            initial_state=snakemake.params.initial_state,
            time_scale=snakemake.params.time_scale,
            code=snakemake.params.code,
        )
