"""A user's own table as a study: its parameter values, hence its experiments, are those of the file."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from math import isclose
from os.path import expandvars, relpath
from pathlib import Path
from typing import Any
from unicodedata import normalize

from configuration import ConfigurationError, shortened
from configuration_file import read
from studies import Dataset, Study, every

DIFFERENTIATION = "smoothing_spline"
ROLES = ("parameter", "time", "state", "rate", "replicate")
NONE = "none"  # time is not scaled


def table_paths(config: dict[str, Any], files: Iterable[Path | str]) -> dict[str, str]:
    """Path of every built study's table, relative to the working directory where it lies below.

    A path counts from the folder of the configuration file that names it, the last of several; one given on the
    command line from the working directory. Variables of the environment, as ${DATA}, are filled in.
    ``files``: Snakemake's, the default one last, others in their order. Raises ConfigurationError where there is no
    such file.
    """
    tables = {name: config["studies"][name] for name in config["build"] if config["studies"][name]["kind"] == "table"}
    *overlays, default = map(Path, files)
    loaded = [(file, read(file)) for file in (default, *overlays)] if tables else []
    return {name: _located(f"studies.{name}.path", name, study["path"], loaded) for name, study in tables.items()}


def _located(key: str, name: str, path: str, loaded: list[tuple[Path, Any]]) -> str:
    naming = [file for file, content in loaded if _path_in(content, name) == path]
    folder = naming[-1].resolve().parent if naming else Path.cwd()
    found = folder / expandvars(path)
    shown = relpath(found) if found.is_relative_to(Path.cwd()) else str(found)
    try:
        there = found.is_file()
        files = [item.name for item in found.parent.iterdir()] if not there and found.parent.is_dir() else []
    except OSError as error:  # a name too long, a folder that may not be read
        raise ConfigurationError(
            f"config key '{key}': {shortened(shown, 200)} cannot be read ({error.strerror})."
        ) from None
    if not there:
        close = get_close_matches(found.name, files, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else "." if files else ", nor a folder with files."
        raise ConfigurationError(f"config key '{key}': there is no file {shortened(shown, 200)}{hint}")
    if {"{", "}"} & set(shown):
        raise ConfigurationError(f"config key '{key}': is {shown!a}; Snakemake would fill in what stands in braces.")
    return shown


def _path_in(content: Any, name: str) -> Any:
    for key in ("studies", name, "path"):
        content = content.get(key) if isinstance(content, dict) else None
    return content


@cache
def _rows(path: str, columns: tuple, _state: tuple[int, ...]) -> tuple[Any, list[float]]:
    """Rows and parameter values of a table in a state of its file, read as strictly as the import does, so that a dry
    run tells every bad row."""
    # Imported here, because every run without a table starts faster without pandas.
    from eqlearn.datasets.table_file import Columns, read_rows
    from eqlearn.errors import InputError

    try:
        rows = read_rows(path, Columns(*columns))
    except InputError as error:
        raise ConfigurationError(str(error)) from None
    return rows, sorted(set(rows.columns["parameter"].tolist()))


@dataclass(frozen=True)
class TableStudy(Study):
    """A study whose data a user brings; ``path`` of the table."""

    path: str = ""

    @property
    def values(self) -> list[float]:
        """All parameter values of the table."""
        return self._read[1]

    @property
    def rows(self) -> Any:
        """Its rows, as eqlearn.datasets.table_file reads them."""
        return self._read[0]

    @property
    def _read(self) -> tuple[Any, list[float]]:
        file, named = Path(self.path).stat(), self.settings["columns"]
        columns = (*(named.get(role) for role in ROLES), tuple(named.get("ignore", ())))
        return _rows(self.path, columns, (file.st_mtime_ns, file.st_size, file.st_ino))

    @property
    def datasets(self) -> list[Dataset]:
        """Its one dataset, named as the study."""
        return [Dataset(self.name)]

    @property
    def quantities(self) -> dict[str, dict[str, str]]:
        """Name and unit by role."""
        state = {"name": self.settings["columns"]["state"], "unit": "1", **self.settings.get("state", {})}
        time = {"name": "time", "unit": "time", **self.settings.get("time", {})}
        return {"parameter": {"unit": "1", **self.settings["parameter"]}, "time": time, "state": state}

    @property
    def experiments(self) -> dict[int, list[float]]:
        """Sampled parameter values by their number, the most first."""
        return {len(values): values for values in self._sampled.values()}

    @property
    def _sampled(self) -> dict[float | str, list[float]]:
        """Sampled parameter values by step, the smallest first, or the one list."""
        chosen = self.settings["experiments"]
        if chosen == "all":
            return {"all": self.values}
        if isinstance(chosen, list):
            return {"list": sorted(self._at("experiments", value) for value in chosen)}
        key = self.key("experiments", "step" if "step" in chosen else "steps")
        steps = [chosen["step"]] if "step" in chosen else chosen["steps"]
        return {step: every(key, self.values, step) for step in sorted(steps)}

    def experiments_of(self, learner: str) -> dict[int, list[float]]:
        """The same for one learner, without the steps that it skips."""
        chosen = self.settings["experiments"]
        skipped = chosen.get("skip", {}).get(learner, []) if isinstance(chosen, dict) else []
        left = {len(values): values for step, values in self._sampled.items() if step not in skipped}
        if not left:
            raise ConfigurationError(f"config key '{self.key('experiments', 'skip', learner)}': leaves no step.")
        return left

    @property
    def examples(self) -> list[float]:
        """Parameter values at which fits are drawn; where none are given, the first, middle and last sampled."""
        if self.settings.get("examples"):
            return [self._at("examples", value) for value in self.settings["examples"]]
        sampled = next(iter(self._sampled.values()))
        return sorted({sampled[0], sampled[len(sampled) // 2], sampled[-1]})

    @property
    def time_scale(self) -> str:
        """Name of the parameter where it scales time, as refined learners see it, else 'none'."""
        return NONE if self.settings.get("time_scale", NONE) == NONE else self.quantities["parameter"]["name"]

    @property
    def growth_share(self) -> float:
        """Scaled time is time·parameter."""
        return 1.0

    @property
    def differentiation(self) -> str | None:
        """Method of eqlearn.calculus; None where the table holds rates."""
        if self.settings["columns"].get("rate"):
            return None
        return self.settings.get("differentiation") or DIFFERENTIATION

    def _at(self, key: str, value: float) -> float:
        """The table's own value; it may differ from that of the configuration by round-off."""
        close = min(self.values, key=lambda known: abs(known - value))
        if not isclose(close, value, rel_tol=1e-9, abs_tol=1e-300):
            raise ConfigurationError(
                f"config key '{self.key(key)}': {value} is no parameter value of {self.path}; the nearest is {close}."
            )
        return close

    def _check(self) -> None:
        self._check_texts()
        self._check_columns()
        start, chosen = self.settings["initial_state"], self.settings["experiments"]
        if isinstance(start, str) and start != "data":
            self._refuse("initial_state", start, "data or a number")
        one_step = isinstance(chosen, dict) and ("step" in chosen) != ("steps" in chosen)
        if chosen != "all" and not isinstance(chosen, list) and not one_step:
            self._refuse("experiments", chosen, "all, a list of parameter values, {step: …} or {steps: […]}")
        if len(self.experiments) < len(self._sampled):
            raise ConfigurationError(
                f"config key '{self.key('experiments', 'steps')}': two steps choose the same number of values."
            )
        assert self.examples  # names the key where a value is not in the table
        target = self.settings.get("learner_settings", {}).get("oat.published", {}).get("target")
        if isinstance(target, dict):
            self._refuse("learner_settings.oat.published.target", target, "first, most_common or a list of powers")
        for learner in self.settings["learners"]:
            assert self.experiments_of(learner)
        self._check_time_scale()

    def _check_time_scale(self) -> None:
        found = self.settings.get("time_scale", NONE)
        names = (NONE, self.settings["columns"]["parameter"], self.quantities["parameter"]["name"])
        if found not in names:
            self._refuse("time_scale", found, " or ".join(dict.fromkeys(names)))
        if found != NONE and self.values[0] <= 0:
            raise ConfigurationError(
                f"config key '{self.key('time_scale')}': is {found}, which is {self.values[0]:g} in {self.path}; "
                "a scale of time is above 0 throughout, any other parameter needs time_scale: none."
            )

    def _check_texts(self) -> None:
        """Names and units stand in files and figures, whose letters must show."""
        from eqlearn.errors import InputError
        from eqlearn.names import LONGEST, require_printable

        for role in ("parameter", "state", "time"):
            for part, text in self.settings.get(role, {}).items():
                key = f"config key '{self.key(role, part)}'"
                try:
                    require_printable(key, text)
                except InputError as error:
                    raise ConfigurationError(str(error)) from None
                if len(text) > LONGEST:
                    raise ConfigurationError(f"{key}: has {len(text)} characters, at most {LONGEST} are allowed.")

    def _refuse(self, key: str, found: Any, allowed: str) -> None:
        raise ConfigurationError(f"config key '{self.key(key)}': is {found!r}, must be {allowed}.")

    def _check_columns(self) -> None:
        from eqlearn.terms import is_state_name

        named = {role: self.settings["columns"].get(role) for role in ROLES}
        named = {role: name for role, name in named.items() if name is not None}
        for role, name in named.items():
            twice = [other for other, same in named.items() if same == name and other != role]
            if twice:
                raise ConfigurationError(
                    f"config key '{self.key('columns')}': {name!r} is both {role} and {twice[0]}, "
                    "each needs a column of its own."
                )
        name, renamed = self.quantities["state"]["name"], "name" in self.settings.get("state", {})
        if not is_state_name(name):
            key = self.key("state", "name") if renamed else self.key("columns", "state")
            hint = "" if renamed else "; give the state another name under state.name"
            if name != normalize("NFKC", name):
                hint = f"; {name!r} is written {normalize('NFKC', name)!r} there{hint}"
            raise ConfigurationError(
                f"config key '{key}': {name!r} cannot stand in an equation; allowed are letters, digits and _, but "
                f"not p, functions such as sin, and coefficients such as c1{hint}."
            )
