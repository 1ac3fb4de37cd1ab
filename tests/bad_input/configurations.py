"""Faults in a configuration: path to a key of the default one, its bad value, and words that the sentence must hold."""

import copy
from pathlib import Path

import yaml
from benchmarks import Benchmarks
from configuration import check
from foresight import check_run
from pdes import Pdes
from plan import Plan
from springs import Springs

CONFIG = Path(__file__).parents[2] / "config"
DEFAULT = yaml.safe_load((CONFIG / "config.yaml").read_text(encoding="utf-8"))
REMOVE = object()
HEAT = {"varying": "x", "template": "(2 + cos(p))*u_xx", "domain": [0.0, 6.3], "until": 1.0, "initial": "sin(x)"}


def heat(**changes: object) -> dict[str, dict]:
    """Its definition with changes, which stand first, so that the short name of a case shows them."""
    return {"heat": {**changes, **{key: value for key, value in HEAT.items() if key not in changes}}}


# path to a key, its bad value, words that the sentence must hold
FAULTS = [
    (("studis",), {}, ("'studis'", "unknown", "did you mean 'studies'")),
    (("run",), REMOVE, ("'run'", "missing")),
    (("run",), "../elsewhere", ("'run'", "../elsewhere")),
    (("run",), 7, ("'run'", "is 7", "text")),
    (("build",), [], ("'build'", "at least 1")),
    (("build",), ["bmd"], ("'build'", "'bmd' is no study", "did you mean 'bdm'")),
    (("published", "ABM"), "nothing", ("'published'", "'nothing' is no study")),
    (("learners", "oat.refined", "powers"), 0, ("learners.oat.refined.powers", "is 0", "at least 1")),
    (("learners", "oat.refined", "power"), 3, ("learners.oat.refined.power", "did you mean 'powers'")),
    (("studies", "bdm", "kind"), "birth_death", ("studies.bdm.kind", "birth_death", "birth_death_migration")),
    (("studies", "bdm", "kind"), REMOVE, ("studies.bdm.kind", "missing")),
    (("studies", "bdm", "replicate"), 25, ("studies.bdm.replicate", "did you mean 'replicates'")),
    (("studies", "bdm", "replicates"), 0, ("studies.bdm.replicates", "is 0", "at least 2")),
    (("studies", "bdm", "replicates"), "ten", ("studies.bdm.replicates", "'ten'", "a whole number")),
    (("studies", "bdm", "replicates"), 2.5, ("studies.bdm.replicates", "2.5", "a whole number")),
    (
        ("studies", "bdm", "migration_rate"),
        "1 per hour",
        ("studies.bdm.migration_rate", "'1 per hour'", "a finite number"),
    ),
    (("studies", "bdm", "migration_rate"), -1.0, ("studies.bdm.migration_rate", "-1.0", "at least 0")),
    (("studies", "bdm", "initial_densities"), [1.2], ("studies.bdm.initial_densities.0", "1.2", "at most 1")),
    (("studies", "bdm", "initial_densities"), [-0.1], ("studies.bdm.initial_densities.0", "-0.1", "above 0")),
    (("studies", "bdm", "initial_densities"), [], ("studies.bdm.initial_densities", "at least 1")),
    (("studies", "bdm", "parameter"), [], ("studies.bdm.parameter", "[]", "at least 1")),
    (("studies", "bdm", "parameter"), [1.0, 0.5], ("studies.bdm.parameter", "not sorted")),
    (("studies", "bdm", "parameter"), [-0.5, 1.0], ("studies.bdm.parameter.0", "-0.5", "above 0")),
    (("studies", "bdm", "parameter"), "0.01 to 5", ("studies.bdm.parameter", "a mapping of keys or a list")),
    (("studies", "bdm", "parameter", "stop"), 0.001, ("studies.bdm.parameter", "stop 0.001", "below start 0.01")),
    (("studies", "bdm", "parameter", "step"), 0, ("studies.bdm.parameter.step", "is 0", "above 0")),
    (("studies", "bdm", "parameter", "step"), 1e-9, ("studies.bdm.parameter", "at most 1000000")),
    (("studies", "bdm", "lattice", "rows"), 1, ("studies.bdm.lattice.rows", "is 1", "at least 2")),
    (
        ("studies", "bdm", "differentiation"),
        "movingmean",
        ("studies.bdm.differentiation", "did you mean 'moving_mean'"),
    ),
    (("studies", "bdm", "learners"), ["oat"], ("studies.bdm.learners.0", "did you mean 'oat.refined'")),
    (("studies", "bdm", "experiments", "steps"), [0.015], ("experiments.steps", "0.015", "multiple")),
    (("studies", "bdm", "experiments", "steps"), [3.0, 4.0], ("experiments.steps", "same number of values")),
    (("studies", "bdm", "single_runs", "step"), 0.033, ("single_runs.step", "0.033", "multiple")),
    (("studies", "bdm", "inference", "step"), 0.2, ("inference.step", "one of experiments.steps")),
    (("studies", "bdm", "inference", "bounds"), [2.0, 1.0], ("inference.bounds", "2.0", "below 1.0")),
    (("studies", "bdm", "inference", "bounds"), [0.0, 1.0], ("inference.bounds.0", "above 0")),
    (("studies", "bdm", "snapshots", "samples"), [100], ("snapshots.samples", "100", "past the last")),
    (("studies", "bdm", "examples"), [0.015], ("studies.bdm.examples", "0.015", "no parameter value")),
    (("studies", "bdm", "time", "end"), 5.0, ("studies.bdm.time", "either end or growth_times")),
    (("studies", "bdm", "time", "samples"), 4, ("studies.bdm.time.samples", "is 4", "at least 5")),
    (("studies", "bdm", "death_fraction"), 1.0, ("growth_times", "death_fraction below 1")),
    (("run",), "record", ("'run'", "measured tables")),
    (("studies", "bdm", "batch_size"), 20.0, ("studies.bdm.batch_size", "20.0", "a whole number")),
    (("studies", "bdm", "batch_size"), True, ("studies.bdm.batch_size", "True", "a whole number")),
    (("studies", "bdm", "parameter", "stop"), float("inf"), ("studies.bdm.parameter.stop", "inf", "a finite number")),
    (("studies", "bdm", "parameter", "step"), float("nan"), ("studies.bdm.parameter.step", "nan", "a finite number")),
    (("studies", "bdm", "parameter", "start"), 0, ("studies.bdm.parameter.start", "is 0", "above 0")),
    (("studies", "bdm", "initial_densities"), [0], ("studies.bdm.initial_densities.0", "is 0", "above 0")),
    (("studies", "bdm", "learners"), [], ("studies.bdm.learners", "at least 1")),
    (("studies", "bdm", "death_fraction"), float("nan"), ("studies.bdm.death_fraction", "nan", "a finite number")),
    (("studies", "bdm", "batch_size"), 0, ("studies.bdm.batch_size", "is 0", "at least 1")),
    (("studies", "mean_field", "noise"), [0.1, 0.1], ("studies.mean_field.noise", "without repeats")),
    (("studies", "mean_field", "noise"), [-1], ("studies.mean_field.noise.0", "at least 0")),
    (("studies", "analytic", "functions"), ["f9"], ("studies.analytic.functions", "'f9'", "known are f1, f2")),
    (("studies", "analytic", "seeds"), [-1], ("studies.analytic.seeds.0", "at least 0")),
    (("learners", "seql.refined", "trials"), 0, ("learners.seql.refined.trials", "is 0", "at least 1")),
    (("learners", "heql.refined", "training", "optimiser"), "adamw", ("optimiser", "did you mean 'adam'")),
    (
        ("studies", "bdm", "learner_settings"),
        {"seql.refined": {"architecture": {"units": {"square": 2, "sine": 1}}}},
        ("studies.bdm.learner_settings.seql.refined.architecture.units", "has sine", "identity, square, product alone"),
    ),
    (
        ("studies", "mean_field", "learner_settings"),
        {"heql.refined": {"architecture": {"units": {"cube": 2}}}},
        ("learner_settings.heql.refined.architecture.units.cube", "is unknown", "square"),
    ),
    (
        ("studies", "bdm", "learner_settings"),
        {"seql.refined": {"training": {"epoch": 2}}},
        ("seql.refined.training.epoch", "did you mean 'epochs'"),
    ),
    (("learners", "seql.refined", "trajectories"), REMOVE, ("architecture.units", "has sine")),
    (("learners", "seql.refined", "trajectories", "trials"), 0, ("seql.refined.trajectories.trials", "at least 1")),
    (("learners", "heql.refined", "training", "epochs"), REMOVE, ("heql.refined.training.epochs", "is missing")),
    (("learners", "heql.refined", "reading", "choice"), REMOVE, ("heql.refined.reading.choice", "is missing")),
    (("studies", "bdm", "experiments", "skip", "seql.refined"), [0.5], ("inference.step", "no learner skips")),
    (("training", "device"), "gpu", ("training.device", "auto, cpu, cuda")),
    (("studies", "pde", "equations"), ["heat"], ("studies.pde.equations", "'heat'", "known are advection_diffusion")),
    (("studies", "pde", "grids", "burgers"), REMOVE, ("studies.pde.grids.burgers", "missing")),
    (("studies", "pde", "grids", "burgers"), [[8, 64]], ("studies.pde.grids.burgers.0.0", "is 8", "at least 16")),
    (("studies", "pde", "derivatives", "burgers"), REMOVE, ("studies.pde.derivatives.burgers", "missing")),
    (("studies", "pde", "noisy_derivatives", "space"), "fourier", ("noisy_derivatives.space", "spectral, central")),
    (("studies", "pde", "recovery", "noise"), [-0.1], ("studies.pde.recovery.noise.0", "-0.1")),
    (("studies", "pde", "learners"), ["sindy"], ("studies.pde.learners.0", "did you mean 'sindy.")),
    (("studies", "pde", "recovery", "learners"), ["seql.refined"], ("pde.recovery.learners.0", "'seql.refined'")),
    (("studies", "springs", "tasks"), ["fource"], ("studies.springs.tasks", "'fource'", "known are force, energy")),
    (("studies", "springs", "learners", "force"), REMOVE, ("studies.springs.learners.force", "missing")),
    (("studies", "springs", "learners", "force"), ["relu"], ("learners.force.0", "did you mean 'relu.published'")),
    (("studies", "springs", "samples", "train"), 0, ("studies.springs.samples.train", "is 0", "at least 4")),
    (("studies", "springs", "image", "width"), 0, ("studies.springs.image.width", "is 0", "above 0")),
    (("studies", "springs", "image", "pixels"), 63, ("studies.springs.image.pixels", "is 63", "a multiple of 4")),
    (("learners", "relu.published", "layers"), 2, ("learners.relu.published.layers", "unknown")),
    (("learners", "sindy.refined"), REMOVE, ("learners.sindy.refined", "missing")),
    (("learners", "heql.refined", "fields", "trials"), 0, ("heql.refined.fields.trials", "is 0", "at least 1")),
    (("learners", "seql.published", "fields", "features"), {"burgers": "u"}, ("features.burgers", "'u'", "a list")),
    (("learners", "seql.refined", "trajectories", "features"), {}, ("trajectories.features", "unknown")),
    (("studies", "pde", "definitions", "burgers"), HEAT, ("definitions.burgers", "name of a benchmark")),
    (("studies", "pde", "definitions", "heat"), {**HEAT, "varying": "y"}, ("definitions.heat.varying", "x, t")),
    (("studies", "9lives"), DEFAULT["studies"]["bdm"], ("9lives",)),
    (("studies", "µ"), DEFAULT["studies"]["bdm"], ("'studies'", "'µ'", "letters, digits and _")),
    (("run",), "Record", ("'run'", "measured tables")),
    (("studies", "bdm", "migration_rate"), 1e-200, ("studies.bdm.migration_rate", "1e-200", "1e-100")),
    (("studies", "bdm", "experiments", "steps"), [7.0], ("experiments.steps", "7.0", "the first of 500 values alone")),
    (("studies", "bdm", "single_runs", "step"), 5.0, ("single_runs.step", "5.0", "the first of 500 values alone")),
    (("studies", "analytic", "parameter"), [[-3.0, 3.0, 64.7]], ("parameter.0.2", "64.7", "a whole number")),
    (("studies", "springs", "parameter"), [[-3.0, 3.0, 64.7]], ("parameter.0.2", "64.7", "a whole number")),
    (("studies", "analytic", "parameter"), [[-3.0, 3.0, 0]], ("parameter.0.2", "is 0", "at least 1")),
    (("studies", "analytic", "parameter"), [[3.0, -3.0, 64]], ("analytic.parameter.0", "[3.0, -3.0, 64]", "rise")),
    (("studies", "analytic", "parameter"), [[0.0, 3.0, 1]], ("analytic.parameter.0", "rise")),
    (("studies", "springs", "parameter"), [[0.0, 3.0, 9], [2.0, 4.0, 9]], ("springs.parameter.1", "rise")),
    (("studies", "analytic", "examples"), [128], ("analytic.examples", "is 128", "128 parameter values")),
    (("studies", "mean_field", "time", "samples"), 6, ("mean_field.learners", "6 times, the refined protocol needs 7")),
    (("studies", "mean_field", "time", "samples"), 12, ("has 12 times", "OAT by the published protocol needs 13")),
    (("studies", "analytic", "definitions"), {"mine": {"template": "z*x"}}, ("definitions.mine", "disagree about z")),
    (("studies", "analytic", "definitions"), {"mine": {"template": "p*"}}, ("definitions.mine", "cannot be read")),
    (("studies", "analytic", "definitions"), {"mine": {"template": "log(p)*x"}}, ("definitions.mine", "finite")),
    (
        ("studies", "springs", "definitions"),
        {"mine": {"template": "p*psi3"}},
        ("definitions.mine", "disagree about psi3"),
    ),
    (
        ("studies", "pde", "definitions"),
        heat(template="u_x*v"),
        ("definitions.heat", "disagree about v"),
    ),
    (("studies", "pde", "definitions"), heat(initial="sin(y)"), ("definitions.heat", "name 'y'", "x")),
    (("studies", "pde", "definitions"), heat(initial="log(x)"), ("definitions.heat", "is not finite")),
    (("studies", "pde", "definitions"), heat(domain=[1.0, 1.0]), ("definitions.heat", "must rise")),
    (("studies", "springs", "image", "width"), 0.01, ("'studies.springs'", "image.width: is 0.01", "half a pixel")),
    (("studies", "springs", "reach"), 3.9, ("'studies.springs'", "3.9 lies outside")),
]


def changed(path: tuple[str, ...], value: object) -> dict:
    """The default configuration with one key changed or removed."""
    config = copy.deepcopy(DEFAULT)
    part = config
    for key in path[:-1]:
        part = part[key]
    if value is REMOVE:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return config


def check_all(config: dict) -> None:
    """What the Snakefile does."""
    check(config)
    check_run(Plan(config), Benchmarks(config), Pdes(config), Springs(config))
