"""CPU seconds of linear fits of partial differential equations, on every grid of the default config."""

from functools import partial
from pathlib import Path

import yaml
from eqlearn.datasets.pde import problem_of, sampled, solve
from eqlearn.learners import group_sindy, weak_sindy
from timing import cpu_seconds

CONFIG = Path(__file__).parents[2] / "config" / "config.yaml"
LEARNERS = {"sindy.published": group_sindy, "sindy.refined": weak_sindy}


def rows() -> list[tuple[str, float, str]]:
    """Published and refined fit of every equation and grid, without imports and files."""
    config, found = yaml.safe_load(CONFIG.read_text(encoding="utf-8")), []
    study = config["studies"]["pde"]
    for equation, grids in study["grids"].items():
        problem, methods = problem_of(equation, {}), study["derivatives"][equation]
        for points, times in grids:
            field = solve(problem, points, times)
            data = sampled(equation, problem, field, methods, study["highest_derivative"], {})
            for learner, module in LEARNERS.items():
                settings = module.Settings(**config["learners"][learner])
                seconds = cpu_seconds(partial(module.learn, settings=settings), data)
                found.append((f"{learner} of {equation}, {points}x{times}, CPU", seconds, "s"))
    return found
