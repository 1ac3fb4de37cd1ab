"""From the configuration to names: parameter grids, datasets, experiments and batches."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

from configuration import ConfigurationError

MAX_VALUES = 1_000_000
PARAMETER = "proliferation_rate"  # of the studies whose data are this project's own


def decimal_text(value: float) -> str:
    """Shortest decimal text: 0.05, 2, 0.0025."""
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parameter_values(key: str, grid: dict[str, float] | list[float]) -> list[float]:
    """Increasing parameter values of a grid, in decimal arithmetic: 0.01 + 0.01·k, no binary drift."""
    if isinstance(grid, list):
        values = [float(value) for value in grid]
        if any(later <= earlier for earlier, later in pairwise(values)):
            raise ConfigurationError(f"config key '{key}': is not sorted, must increase without repeats.")
        return values
    start, stop, step = (Decimal(repr(grid[name])) for name in ("start", "stop", "step"))
    if stop < start:
        raise ConfigurationError(f"config key '{key}': stop {stop} lies below start {start}, which leaves no value.")
    count = int((stop - start) / step) + 1
    if count > MAX_VALUES:
        raise ConfigurationError(f"config key '{key}': has {count} values, at most {MAX_VALUES} are allowed.")
    return [float(start + step * k) for k in range(count)]


def every(key: str, values: list[float], step: float) -> list[float]:
    """The values at first + step·k.

    ConfigurationError where the step is no multiple of the distance of evenly spaced values, or chooses a single one of
    several.
    """
    chosen, fits = _every(tuple(values), float(step))
    if not fits:
        raise ConfigurationError(f"config key '{key}': is {step}, must be a multiple of the distance of the values.")
    if len(chosen) == 1 < len(values):
        raise ConfigurationError(
            f"config key '{key}': is {step}, which chooses the first of {len(values)} values alone."
        )
    return list(chosen)


@lru_cache(maxsize=64)  # every learner of every dataset asks for the same few
def _every(values: tuple[float, ...], step: float) -> tuple[tuple[float, ...], bool]:
    """The values at first + step·k, and whether evenly spaced ones have all of them."""
    # Fractions, as decimals divide to 28 digits alone.
    places = list(map(exact, values))
    width, even = Fraction(repr(step)), len({b - a for a, b in pairwise(places)}) <= 1
    chosen = tuple(value for value, place in zip(values, places) if (place - places[0]) % width == 0)
    return chosen, not even or len(chosen) == int((places[-1] - places[0]) / width) + 1


def exact(value: float) -> Fraction:
    """A value as it is meant in decimals; a measured grid may hold 0.30000000000000004."""
    return Fraction(f"{value:.12g}")


@dataclass(frozen=True)
class Dataset:
    """One dataset of a study: an initial density (a user's table has none), and a noise level where there is noise."""

    study: str
    initial_density: float | None = None
    noise: float = 0.0

    @property
    def name(self) -> str:
        """Name as in file names, such as mean_field-c0.25-noise0.0025."""
        noise = f"-noise{decimal_text(self.noise)}" if self.noise else ""
        return f"{self.study}-c{self.density_text}{noise}" if self.density_text else self.study

    @property
    def density_text(self) -> str:
        """Initial density as in file names; empty where there is none."""
        return "" if self.initial_density is None else decimal_text(self.initial_density)


@dataclass(frozen=True)
class Study:
    """One study of the configuration, with what follows from its keys. Raises ConfigurationError."""

    name: str
    settings: dict[str, Any]

    def __post_init__(self) -> None:
        self._check()

    def key(self, *parts: str) -> str:
        """Full name of one of its keys, for messages."""
        return ".".join(("studies", self.name, *parts))

    @property
    def kind(self) -> str:
        """Kind of study."""
        return self.settings["kind"]

    @property
    def values(self) -> list[float]:
        """All parameter values."""
        return parameter_values(self.key("parameter"), self.settings["parameter"])

    @property
    def datasets(self) -> list[Dataset]:
        """Its datasets: every initial density with every noise level."""
        levels = self.settings.get("noise", [0.0])
        return [Dataset(self.name, c, level) for c in self.settings["initial_densities"] for level in levels]

    @property
    def experiments(self) -> dict[int, list[float]]:
        """Sampled parameter values by their number, the most first."""
        steps = self.settings["experiments"]["steps"]
        chosen = [every(self.key("experiments", "steps"), self.values, step) for step in sorted(steps)]
        return {len(values): values for values in chosen}

    def experiments_of(self, learner: str) -> dict[int, list[float]]:
        """The same for one learner, without the steps that it skips."""
        skipped = self.settings["experiments"].get("skip", {}).get(learner, [])
        left = {n: values for n, values in self.experiments.items() if self._step_of(n) not in skipped}
        if not left:
            raise ConfigurationError(f"config key '{self.key('experiments', 'skip', learner)}': leaves no step.")
        return left

    def learners_of(self, family: str) -> list[str]:
        """Its learners of one family, whatever their protocol."""
        return [learner for learner in self.settings["learners"] if learner.split(".")[0] == family]

    def _step_of(self, experiments: int) -> float:
        return dict(zip(self.experiments, sorted(self.settings["experiments"]["steps"])))[experiments]

    @property
    def examples(self) -> list[float]:
        """Parameter values at which fits are drawn."""
        return self.settings["examples"]

    @property
    def time_scale(self) -> str:
        """Name of the parameter where it scales time, as refined learners see it, else 'none'."""
        return self.settings.get("time_scale", PARAMETER)

    @property
    def growth_share(self) -> float:
        """Scaled time, as figures draw it, over time·parameter: the net growth rate over the proliferation rate."""
        return 1 - self.settings["death_fraction"]

    @property
    def differentiation(self) -> str | None:
        """Method of eqlearn.calculus; None where the data hold rates."""
        return self.settings["differentiation"]

    @property
    def single_run_values(self) -> list[float]:
        """Parameter values of the single runs; none for a study without."""
        if "single_runs" not in self.settings:
            return []
        return every(self.key("single_runs", "step"), self.values, self.settings["single_runs"]["step"])

    @property
    def inference_experiments(self) -> int:
        """Number of experiments behind the equations that infer parameters."""
        return len(every(self.key("inference", "step"), self.values, self.settings["inference"]["step"]))

    def agrees(self, settings: dict[str, Any]) -> bool:
        """Whether the study has these settings, as far as it has them at all."""
        return all(self.settings[key] == value for key, value in settings.items() if key in self.settings)

    def replicates(self, purpose: str) -> int:
        """Simulations per parameter value."""
        return self.settings["replicates"] if purpose == "averages" else self.settings["single_runs"]["replicates"]

    def batches(self, purpose: str) -> list[list[float]]:
        """Parameter values job by job, dealt out in turn, since small parameters take longest."""
        values = self.values if purpose == "averages" else self.single_run_values
        count = -(-len(values) // self.settings["batch_size"])
        return [values[start::count] for start in range(count)]

    def _check(self) -> None:
        time = self.settings["time"]
        if (time.get("end") is None) == (time.get("growth_times") is None):
            raise ConfigurationError(
                f"config key '{self.key('time')}': needs either end or growth_times, the other null."
            )
        if time.get("end") is None and self.settings["death_fraction"] >= 1:
            raise ConfigurationError(
                f"config key '{self.key('time', 'growth_times')}': needs growth, so a death_fraction "
                "below 1; set time.end instead."
            )
        if len(self.experiments) < len(self.settings["experiments"]["steps"]):
            raise ConfigurationError(
                f"config key '{self.key('experiments', 'steps')}': two steps choose the same number of values."
            )
        for value in self.settings["examples"]:
            if value not in self.values:
                raise ConfigurationError(
                    f"config key '{self.key('examples')}': {value} is no parameter value of the study."
                )
        if self.kind == "birth_death_migration":
            self._check_simulations()

    def _check_simulations(self) -> None:
        assert self.single_run_values  # names the key where the step does not fit
        if any(self.inference_experiments not in self.experiments_of(learner) for learner in self.settings["learners"]):
            raise ConfigurationError(
                f"config key '{self.key('inference', 'step')}': must be one of experiments.steps that no learner skips."
            )
        low, high = self.settings["inference"]["bounds"]
        if low >= high:
            raise ConfigurationError(f"config key '{self.key('inference', 'bounds')}': {low} must lie below {high}.")
        for value in self.settings.get("snapshots", {}).get("samples", []):
            if value >= self.settings["time"]["samples"]:
                raise ConfigurationError(
                    f"config key '{self.key('snapshots', 'samples')}': {value} is past the last sample."
                )
