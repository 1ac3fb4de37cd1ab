"""What a configuration means: studies, values, batches, names, settings; its faults are in bad_input."""

import copy
import itertools
from types import SimpleNamespace

import pytest
import yaml
from bad_input.configurations import CONFIG, DEFAULT, HEAT, changed, check_all
from benchmarks import FUNCTIONS, Benchmarks
from configuration import ConfigurationError, schema, study_kinds
from eqlearn.datasets import analytic, pde, springs
from inference_plan import Inference
from pdes import EQUATIONS, PdeDataset, Pdes
from plan import Plan
from publication import Publication
from springs import TASKS, Springs
from studies import Dataset, Study, decimal_text, every, parameter_values


@pytest.mark.parametrize("overlay", ["smoke", "paper", "study", "functions", "images"])
def test_shipped_configurations_are_valid(overlay):
    config = copy.deepcopy(DEFAULT)
    merge(config, yaml.safe_load((CONFIG / f"{overlay}.yaml").read_text(encoding="utf-8")))
    check_all(config)
    assert config["run"] == overlay


BOMB: list = [1.0]
for _ in range(40):
    BOMB = [BOMB, BOMB]  # as anchors make it: 2**40 numbers
DEEP: list = [1.0]
for _ in range(100):
    DEEP = [DEEP]
TARGET = ("studies", "bdm", "learner_settings", "oat.published", "target")


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("studies", "bdm\n"), DEFAULT["studies"]["bdm"], ("'studies'", "bdm\\n", "letters, digits and _")),
        (("studies", "b" * 300), DEFAULT["studies"]["bdm"], ("'studies'", "bbb...", "at most 100 characters")),
        (("run",), "mine\n", ("'run'", "mine\\n", "letters, digits, dots")),
        (("run",), "m" * 256, ("'run'", "mmm...", "at most 100 characters")),
        (("run",), "a\ud800", ("'run'", "holds '\\ud800'", "characters that can be printed")),
        (("studies", "bdm", "examples\x07"), 1, ("examples\\x07", "holds '\\x07'")),
        (("studies", 7), DEFAULT["studies"]["bdm"], ("studies.7", "a key is 7", "text")),
        (TARGET, {0.05: [1, 2]}, ("target.0.05", "a key is 0.05")),
        (("studies", "analytic", "seeds"), [10**300], ("seeds.0", "a finite number", "1e+100")),
        (("studies", "bdm", "migration_rate"), 10**400, ("studies.bdm.migration_rate", "a finite number", "1e+100")),
        (("studies", "bdm", "learners"), ["a", 1] * 4_000, ("studies.bdm.learners", "is ['a', 1,", "...", "repeats")),
        (("studies", "bdm", "examples"), BOMB, ("config key", "more than 100000 values")),
        (("studies", "bdm", "examples"), DEEP, ("config key", "60 levels")),
        (("x" * 10_000,), {}, ("xxx...", "is unknown")),
    ],
    ids=map(str, itertools.count()),
)
def test_what_no_key_can_hold_is_refused_in_one_short_sentence(path, value, words):
    with pytest.raises(ConfigurationError) as refused:
        check_all(changed(path, value))
    message = str(refused.value)
    assert message.isprintable() and len(message) < 400
    assert [word for word in words if word not in message] == [], message


def merge(base: dict, overlay: dict) -> None:
    """As Snakemake merges configuration files."""
    for key, value in overlay.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            merge(base[key], value)
        else:
            base[key] = value


def test_the_default_run_is_the_full_study():
    study = Study("bdm", DEFAULT["studies"]["bdm"])
    assert (len(study.values), study.values[0], study.values[-1]) == (500, 0.01, 5.0)
    assert list(study.experiments) == [500, 50, 10, 5]
    assert len(study.single_run_values) == 50
    runs = 2 * (500 * study.replicates("averages") + 50 * study.replicates("single_runs"))
    assert runs == 26_000


def test_batches_hold_every_value_once():
    study = Study("bdm", DEFAULT["studies"]["bdm"])
    dealt = [value for batch in study.batches("averages") for value in batch]
    assert sorted(dealt) == study.values
    assert max(map(len, study.batches("averages"))) <= study.settings["batch_size"]


def test_grids_are_decimal():
    values = parameter_values("key", {"start": 0.01, "stop": 5.0, "step": 0.01})
    assert values == [float(f"{k / 100:.2f}") for k in range(1, 501)]
    assert every("key", values, 0.5) == [float(f"{0.01 + 0.5 * k:.2f}") for k in range(10)]


def test_names_of_datasets():
    assert Dataset("bdm", 0.05).name == "bdm-c0.05"
    assert Dataset("mean_field", 0.25, 0.0025).name == "mean_field-c0.25-noise0.0025"
    assert [decimal_text(value) for value in (1e-5, 2.0, 0.3)] == ["0.00001", "2", "0.3"]


def described(node: object) -> bool:
    """Whether every property in a schema has a description, a reference or a fixed value."""
    if not isinstance(node, dict):
        return True
    properties = node.get("properties", {}).values()
    known = all({"description", "$ref", "const"} & set(item) for item in properties)
    closed = "properties" not in node or node.get("additionalProperties") is False
    return known and closed and all(described(item) for item in [*properties, *node.get("$defs", {}).values()])


@pytest.mark.parametrize("name", ["config", "shared", *(f"study_{kind}" for kind in study_kinds())])
def test_schemas_are_closed_and_described(name):
    assert described(schema(name))


def test_the_benchmarks_that_may_be_built_are_those_that_exist():
    assert list(analytic.FUNCTIONS) == list(FUNCTIONS)
    assert list(springs.TASKS) == list(TASKS)


def test_what_is_learned_of_images_differs_by_task():
    config = changed(("studies", "springs", "seeds"), [0, 3])
    found = Springs(config)
    assert list(found.datasets) == [f"springs-{task}{seed}" for task in TASKS for seed in ("", "-seed3")]
    labels = found.labels(SimpleNamespace(study="springs"))
    assert labels[0] == ("springs-force", "seql.refined")
    assert labels[-1] == ("springs-energy-seed3", "relu.published")
    training = found.training(SimpleNamespace(network="seql", protocol="refined"))
    assert (training["normalisation"], training["training"]["gate_rate"]) == ("batch", 5)
    assert training["training"]["optimiser"] == "tensorflow_rmsprop"
    assert "images" not in Benchmarks(config).training(SimpleNamespace(network="seql", protocol="refined"))
    assert found.published() == ["springs"]
    assert Springs(changed(("studies", "springs", "reach"), 2.0)).published() == []


def test_names_of_analytic_datasets():
    config = changed(("studies", "analytic", "noise"), [0.0, 0.01])
    config["studies"]["analytic"].update(functions=["f1"], seeds=[0, 7])
    config["build"].remove("analytic_published")
    names = ["analytic-f1", "analytic-f1-seed7", "analytic-f1-noise0.01", "analytic-f1-noise0.01-seed7"]
    assert list(Benchmarks(config).datasets) == names
    assert Benchmarks(changed(("build",), ["bdm"])).pattern == "(?!)"


def test_own_definitions_of_the_compared_study_are_told_to_the_comparison():
    own = {"f1": {"template": "p*x"}}
    assert Benchmarks(changed(("studies", "analytic", "definitions"), own)).compared_definitions() == own
    assert Benchmarks(changed(("studies", "analytic_published", "definitions"), own)).compared_definitions() == {}
    assert Springs(changed(("studies", "springs", "definitions"), {"force": own["f1"]})).compared_definitions() != {}


@pytest.mark.parametrize(("data", "study"), [("ABM", "mean_field"), ("mean_field_nonoise", "bdm"), ("ABM", "analytic")])
def test_a_study_of_another_kind_stands_for_nothing(data, study):
    """Whatever the configuration says: the mean field is not compared with the agent-based model's numbers."""
    places = Publication(Plan(changed(("published", data), study))).places()
    assert not [place for place in places if place.startswith(f"{data}/")]
    assert {place.split("/")[0] for place in places} == {"ABM", "mean_field_nonoise", "mean_field_lessnoise"} - {data}


def test_published_networks_are_compared_with_all_trials_only():
    assert Benchmarks(DEFAULT).comparable() == ["eql.published", "seql.refined", "heql.refined"]
    config = changed(("learners", "seql.published", "trials"), 40)
    assert "seql.published" in Benchmarks(config).comparable()
    assert Benchmarks(DEFAULT).published() == ["analytic"]
    assert Benchmarks(changed(("studies", "analytic", "reach", "train"), 2.0)).published() == []


def test_the_partial_differential_equations_that_may_be_built_are_those_that_exist():
    assert list(pde.PROBLEMS) == list(EQUATIONS)


def test_names_of_partial_differential_equations():
    config = changed(("studies", "pde", "noise"), [0.0, 0.01])
    config["studies"]["pde"].update(equations=["burgers"], seeds=[0, 7], grids={"burgers": [[64, 32]]})
    config["studies"]["pde"]["learners"] = ["sindy.published", "sindy.refined"]
    pdes = Pdes(config)
    names = ["pde-burgers-64x32", "pde-burgers-64x32-noise0.01", "pde-burgers-64x32-noise0.01-seed7"]
    assert list(pdes.datasets) == names  # without noise a seed changes nothing but what a network draws
    assert (pdes.pattern, pdes.field_pattern) == ("|".join(names).replace(".", r"\."), "burgers-64x32")
    assert pdes.published_recovery() == ["results/default/tables/pdes/recovery/pde/burgers-64x32.csv"]
    assert PdeDataset("pde", "burgers", (64, 32), 0.01, 0).field == "burgers-64x32"
    nothing = Pdes(changed(("build",), ["bdm"]))
    assert (nothing.pattern, nothing.field_pattern, nothing.published()) == ("(?!)", "(?!)", [])


def test_networks_learn_partial_differential_equations_from_every_seed():
    config = changed(("studies", "pde", "seeds"), [0, 7])
    config["studies"]["pde"].update(equations=["burgers"], grids={"burgers": [[64, 32]]})
    config["studies"]["pde"]["learners"] = ["sindy.published", "seql.published", "heql.refined"]
    pdes, study = Pdes(config), SimpleNamespace(study="pde")
    names = ["pde-burgers-64x32", "pde-burgers-64x32-seed7"]
    assert list(pdes.datasets) == names
    products = ("sindy.published/nall.json", "seql.published/nall.raw.json", "heql.refined/nall.json")
    place = "results/default/equations"
    assert pdes.equation_files(study) == [f"{place}/{name}/{product}" for name in names for product in products]
    networks = [(name, label) for name in names for label in ("seql.published", "heql.refined")]
    assert pdes.trained(study) == networks
    assert pdes.trial_files(study) == [f"{place}/{name}/{label}/nall.trials.csv" for name, label in networks]


def test_settings_of_a_network_on_fields_are_its_own_then_those_for_fields():
    pdes = Pdes(DEFAULT)
    job = SimpleNamespace(problem="pde-burgers-256x256", network="seql", protocol="refined")
    common = DEFAULT["learners"]["seql.refined"]
    special, settings = common["fields"], pdes.training(job)
    assert settings["architecture"] == {**common["architecture"], **special["architecture"]}
    assert settings["training"] == {**common["training"], **special["training"]}
    assert (settings["trials"], settings["held_out"], settings["device"]) == (special["trials"], 0, "cpu")
    assert not {"reading", "trajectories", "fields", "features"} & set(settings)
    assert pdes.reading(job)["reading"] == {**common["reading"], **special["reading"]}
    job.protocol = "published"
    assert pdes.training(job)["features"] == pdes.reading(job)["features"] == ["u", "u_x", "u_xx"]
    assert pdes.reading(job)["reading"]["choice"] == "train"
    job.problem = "pde-kuramoto_sivashinsky-256x1024"
    assert pdes.training(job)["features"] == ["u", "u_x", "u_xx", "u_xxxx"]


def test_noisy_data_are_differentiated_otherwise():
    config = changed(("studies", "pde", "noise"), [0.0, 0.01])
    pdes = Pdes(config)
    clean, noisy = (SimpleNamespace(pde=f"pde-burgers-256x256{noise}") for noise in ("", "-noise0.01"))
    assert pdes.differentiation(clean)["methods"] == {"space": "central", "time": "central"}
    assert pdes.differentiation(noisy)["methods"] == {"space": "polynomial", "time": "polynomial"}


def test_equations_differentiated_otherwise_are_not_compared():
    assert Pdes(DEFAULT).published() == ["pde"]
    config = changed(("studies", "pde", "derivatives", "burgers", "space"), "spectral")
    assert Pdes(config).published() == []


def test_two_studies_cannot_mean_different_equations_by_one_name():
    config = changed(("studies", "pde", "definitions"), {"heat": HEAT})
    config["studies"]["other"] = {**config["studies"]["pde"], "definitions": {"heat": {**HEAT, "until": 2.0}}}
    config["build"].append("other")
    with pytest.raises(ConfigurationError, match=r"studies\.\w+\.definitions\.heat': differs from that of study"):
        Pdes(config)


def test_networks_learn_from_trajectories_beside_the_other_learners():
    plan = Plan(DEFAULT)
    each = [f"{name}.refined/{n}" for name in ("seql", "heql") for n in ("n50", "n10")]
    assert plan.learned_labels("bdm-c0.05")[-4:] == each
    assert plan.learned_labels("mean_field-c0.25")[-2:] == ["seql.refined/n10", "heql.refined/n10"]
    assert Inference(plan).inference_labels("bdm-c0.25")[-2:] == ["seql.refined/n10", "heql.refined/n10"]
    job = SimpleNamespace(study="bdm", dataset="bdm-c0.05", learner="seql", protocol="refined", network="seql")
    files = [f"results/default/equations/bdm-c{c}/seql.refined/n50.per_parameter.csv" for c in ("0.05", "0.25")]
    assert plan.points_files(job) == files
    assert plan.points_files(SimpleNamespace(**{**vars(job), "learner": "es"})) == []


def test_settings_of_a_network_on_trajectories_are_its_own_then_those_for_trajectories_then_the_studys():
    own = {"architecture": {"layers": 2}, "training": {"epochs": 9}, "trials": 3}
    plan = Plan(changed(("studies", "bdm", "learner_settings"), {"seql.refined": own}))
    job = SimpleNamespace(dataset="bdm-c0.05", network="seql")
    settings, common = plan.network_settings(job), DEFAULT["learners"]["seql.refined"]
    special = common["trajectories"]
    assert settings["architecture"] == {**special["architecture"], "layers": 2}
    assert settings["training"] == {**common["training"], **special["training"], "epochs": 9}
    assert (settings["trials"], settings["scale_target"], settings["device"]) == (3, special["scale_target"], "cpu")
    assert not {"reading", "trajectories"} & set(settings)
    assert common["trajectories"] == special != {}


def test_functions_in_closed_form_know_nothing_of_trajectories_and_fields():
    job = SimpleNamespace(benchmark="analytic-f1", network="seql", protocol="refined")
    settings = Benchmarks(DEFAULT).training(job)
    common = DEFAULT["learners"]["seql.refined"]
    elsewhere = ("reading", "trajectories", "fields", "images")
    assert settings == {**{k: common[k] for k in common if k not in elsewhere}, **DEFAULT["training"]}
