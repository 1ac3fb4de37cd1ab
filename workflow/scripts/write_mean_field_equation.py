"""Write the mean-field equation dC/dt = p·C·(1 - C) - death·C, the model that nothing was learned for."""

from pathlib import Path

from eqlearn.coefficients import Constant
from eqlearn.equation import Equation, write_equation
from eqlearn.job import logged_to
from eqlearn.origin import origin


def write_mean_field_equation(*, equation: Path, death_fraction: float, code: dict) -> None:
    """Write the equation of a study."""
    coefficients = {"c1": Constant(1 - death_fraction), "c2": Constant(-1.0)}
    provenance = origin({"death_fraction": death_fraction}, code, learner="mean_field.theory")
    write_equation(
        Equation("p*(c1*C + c2*C**2)", ("C",), "proliferation_rate", "dC/dt", coefficients, None, provenance), equation
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        write_mean_field_equation(
            equation=snakemake.output.equation,
            death_fraction=snakemake.params.death_fraction,
            code=snakemake.params.code,
        )
