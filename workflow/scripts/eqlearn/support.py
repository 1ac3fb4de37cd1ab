"""Which equations of a study figures mark, because data do not support them."""

from pathlib import Path

from eqlearn.tables import read_table

Label = tuple[str, str, str]  # dataset, learner.protocol, number of experiments


def unsupported(verdicts: Path) -> set[Label]:
    """Labels of the equations that a table of verdicts says no to."""
    columns = ["dataset", "learner", "experiments"]
    table = read_table(verdicts, [], [*columns, "supported"])
    return set(table.loc[table["supported"] != "True", columns].itertuples(index=False, name=None))
