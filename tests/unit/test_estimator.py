"""Networks as scikit-learn's estimators: conventions, the protocol of the default run, bad input."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from eqlearn.errors import InputError
from eqlearn.networks import estimator
from eqlearn.networks.choosing import ReadingSettings
from eqlearn.networks.estimator import ParametricNetwork
from eqlearn.networks.fitting import NetworkSettings
from eqlearn.networks.training import Schedule
from learner_settings import settings_for
from sklearn.base import clone, is_regressor
from sklearn.exceptions import NotFittedError

ROOT = Path(__file__).parents[2]
QUICK = {"trials": 2, "steps": 400, "architecture": {"layers": 1, "units": {"identity": 2, "square": 2}}}


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


def rows(count: int = 7, size: int = 64) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, parameter and target of t·x² + 3·x, in mixed order."""
    rng = np.random.default_rng(0)
    t = rng.permutation(np.repeat(np.linspace(-3, 3, count), size))
    x = rng.uniform(-3, 3, (t.size, 1))
    return x, t, t * x[:, 0] ** 2 + 3 * x[:, 0]


@pytest.fixture(scope="module")
def fitted() -> ParametricNetwork:
    return ParametricNetwork(**QUICK).fit(*rows())


def test_the_example_of_the_readme_prints_what_it_says(capsys):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.S)
    (example,) = [block for block in blocks if "ParametricNetwork" in block]
    assert len(example.splitlines()) <= 10
    exec(compile(example, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip() == example.splitlines()[-1].split("# ")[1]


@pytest.mark.parametrize("network", ["seql", "heql"])
def test_the_settings_are_those_of_the_default_run(network, monkeypatch):
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    learner = settings_for(config, f"{network}.refined")
    reading, schedule = ReadingSettings(**learner.pop("reading")), Schedule(**learner.pop("training"))
    assert learner.pop("initial") == {}
    given = {}
    monkeypatch.setattr(estimator, "fit_network", lambda data, settings, *rest: given.update(own=settings) or (0, 0))
    monkeypatch.setattr(
        estimator, "read_network", lambda _trained, _parts, _trials, reading: given.update(read=reading)
    )
    with pytest.raises(AttributeError):  # nothing is trained, so nothing can be read
        ParametricNetwork(network).fit(*rows(128, 512))
    assert given["own"] == NetworkSettings(network, training=schedule, **learner)
    assert given["read"] == reading


def test_the_equation_is_exact_and_predicts(fitted):
    x, t, y = rows()
    assert fitted.equation_.template == "c1*x + c2*x**2"
    np.testing.assert_allclose(fitted.predict(x, t), y, rtol=0, atol=1e-10)
    np.testing.assert_allclose(fitted.predict(x, 2.0), 2 * x[:, 0] ** 2 + 3 * x[:, 0], rtol=0, atol=1e-10)
    assert fitted.score(x, t, y) == pytest.approx(1)
    assert fitted.trials_["chosen"].sum() == 1
    assert len(fitted.trials_) == 2


def test_it_is_an_estimator(fitted):
    assert is_regressor(fitted)
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    assert not hasattr(copy, "equation_")
    assert clone(fitted).set_params(trials=5).trials == 5
    assert repr(ParametricNetwork(trials=3)) == "ParametricNetwork(trials=3)"
    with pytest.raises(NotFittedError, match="not fitted yet"):
        copy.predict(rows()[0], rows()[1])


def test_the_same_random_state_gives_the_same_equation(fitted):
    again = clone(fitted).fit(*rows())
    assert again.equation_ == fitted.equation_
    pd.testing.assert_frame_equal(again.trials_, fitted.trials_)
    other = clone(fitted).set_params(random_state=1).fit(*rows())
    assert not other.trials_["train_scaled"].equals(fitted.trials_["train_scaled"])


def test_columns_of_a_data_frame_name_the_features():
    x, t, _ = rows()
    frame = pd.DataFrame({"u": x[:, 0], "u_x": np.roll(x[:, 0], 1)})
    model = ParametricNetwork(**QUICK).fit(frame, t, t * frame["u"] + 2 * frame["u_x"])
    assert model.equation_.template == "c1*u + c2*u_x"
    assert model.feature_names_in_.tolist() == ["u", "u_x"]
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame.rename(columns={"u": "v"}), t)
    with (
        pytest.warns(UserWarning, match="valid feature names"),
        pytest.raises(ValueError, match="X has 1 features, but ParametricNetwork is expecting 2"),
    ):
        model.predict(frame[["u"]].to_numpy(), t)


def test_an_unread_network_predicts_nothing_and_says_why():
    model = ParametricNetwork(trials=1, steps=1, training={"rate": 1e-9}).fit(*rows())
    assert model.equation_.status == "unread"
    with pytest.raises(InputError, match=r"status is 'unread' \(trial 0: 256 gates are open"):
        model.predict(rows()[0], 0.0)


def bad(change) -> tuple:
    x, t, y = (array.copy() for array in rows())
    return change(x, t, y)


def with_nan(array: np.ndarray) -> np.ndarray:
    return np.where(np.arange(array.size).reshape(array.shape) == 17, np.nan, array)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda x, t, y: (x[:, 0], t, y), r"features: has shape \(448,\), must be \(samples, features\)"),
        (lambda x, t, y: (x[:0], t[:0], y[:0]), "not empty"),
        (lambda x, t, y: (x, t[1:], y), r"parameter: has shape \(447,\), must be \(448,\), one number per sample"),
        (lambda x, t, y: (with_nan(x), t, y), "features: is nan in row 17, must be finite"),
        (lambda x, t, y: (x, t, with_nan(y)), "target: is nan in row 17, must be finite"),
        (lambda x, t, y: (x, with_nan(t), y), "parameter: is nan in row 17, must be finite"),
        (lambda x, t, y: (x, t.astype(str) + "a", y), "parameter: must hold numbers"),
        (lambda x, t, y: (x[1:], t[1:], y[1:]), "parameter: has .* samples at .*, must have the same number"),
        (lambda x, t, y: (x, np.zeros(t.size), y), "has 1 parameter value, at least 2 are needed"),
        (lambda x, t, y: (pd.DataFrame({"p": x[:, 0]}), t, y), "'p' cannot be a name in an equation"),
    ],
)
def test_bad_data_are_refused_with_a_sentence(change, sentence):
    with pytest.raises(InputError, match=sentence):
        ParametricNetwork(**QUICK).fit(*bad(change))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"network": "eql"}, "network: is 'eql', must be one of seql, heql"),
        ({"trials": 0}, "trials: is 0, must be at least 1"),
        ({"steps": 0}, "steps: is 0, must be at least 1"),
        ({"held_out": 64}, "has 64 training samples, of which 64 cannot be held out"),
        ({"training": {"speed": 1}}, "training: has no key 'speed', use batch_parameters"),
        ({"reading": {"choice": "best"}}, "choice: is 'best'"),
        ({"architecture": {"units": {"tangent": 2}}}, "primitive 'tangent'"),
        ({"architecture": {"depth": 2}}, "architecture: has no key 'depth', use layers"),
        ({"device": "tpu"}, "device: is 'tpu', must be one of auto, cpu, cuda"),
    ],
)
def test_bad_settings_are_refused_with_a_sentence_before_anything_is_trained(settings, sentence, monkeypatch):
    monkeypatch.setattr(estimator, "read_network", None)
    model = ParametricNetwork(**{**QUICK, **settings})
    with pytest.raises(InputError, match=sentence):
        model.fit(*rows())
    assert not hasattr(model, "equation_")
