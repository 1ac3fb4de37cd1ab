"""Learn one partial differential equation under many draws of noise, and score every draw."""

from itertools import product
from pathlib import Path

import pandas as pd
from eqlearn.datasets.pde import problem_of, sampled, with_noise
from eqlearn.field_file import read_field
from eqlearn.job import logged_to
from eqlearn.learners import group_sindy, weak_sindy
from eqlearn.pde_scores import score
from eqlearn.tables import write_table

LEARNERS = {"sindy.published": group_sindy, "sindy_linear.published": group_sindy, "sindy.refined": weak_sindy}


def recover_pde(*, field: Path, recovery: Path, equation: str, definitions: dict, settings: dict) -> None:
    """Write a row per noise level, seed and learner; without noise every draw is the same, so one is made.

    ``settings``: noise, seeds, learners with their settings, and how fields without and with noise are differentiated.
    """
    problem, clean, rows = problem_of(equation, definitions), read_field(field), []
    for noise, seed in product(settings["noise"], settings["seeds"]):
        if not noise and seed != settings["seeds"][0]:
            continue
        noisy = with_noise(clean, noise, (equation, f"noise={noise}", f"seed={seed}"))
        methods = settings["noisy_derivatives"] if noise else settings["derivatives"]
        data = sampled(equation, problem, noisy, methods, settings["highest_derivative"], {})
        for learner, own in settings["learners"].items():
            module = LEARNERS[learner]
            learned = module.learn(data, module.Settings(**own), {})
            key = {"equation": equation, "noise": noise, "seed": seed, "learner": learner}
            rows.append({**key, **score(equation, learner, learned, problem.truth, data)})
    write_table(pd.DataFrame(rows), recovery)


if __name__ == "__main__":
    with logged_to(snakemake.log[0], __file__):
        given = snakemake.params.solved
        recover_pde(
            field=snakemake.input.field,
            recovery=snakemake.output.recovery,
            equation=given["equation"],
            definitions=given["definitions"],
            settings=snakemake.params.settings,
        )
