"""Solve a partial differential equation on a grid."""

from pathlib import Path

from eqlearn.datasets.pde import problem_of, solve
from eqlearn.field_file import write_field
from eqlearn.job import logged_to
from eqlearn.origin import as_attributes, origin


def solve_pde(*, field: Path, equation: str, points: int, times: int, definitions: dict, code: dict) -> None:
    """Write the field."""
    settings = {"points": points, "times": times, "definitions": definitions}
    found = solve(problem_of(equation, definitions), points, times)
    write_field(found, field, as_attributes(origin(settings, code, source="pde", equation=equation)))


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        solve_pde(field=snakemake.output.field, **snakemake.params.settings, code=snakemake.params.code)
