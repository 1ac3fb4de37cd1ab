"""An equation file is read as it was written, evaluates as its template says, and refuses what is no equation."""

import json
from pathlib import Path

import numpy as np
import pytest
from eqlearn.coefficients import INTERPOLATIONS, VARIABLES, Constant, Polynomial, Samples
from eqlearn.equation import Equation, read_equation, write_equation
from eqlearn.errors import InputError
from hypothesis import given, settings
from hypothesis import strategies as st

LOGISTIC = Equation(
    template="p*(c1*C + c2*C**2)",
    features=("C",),
    parameter="R_p",
    target="dC/dt",
    coefficients={
        "c1": Constant(1.0, standard_error=0.125),
        "c2": Samples(grid=(0.01, 1.0, 5.0), values=(-3.0, -1.5, -1.0), interpolation="pchip", variable="sqrt(p)"),
    },
    valid_range=(0.01, 5.0),
    provenance={"learner": "es", "seed": 7, "versions": {"numpy": "2.4"}},
)
UNREAD = Equation(
    template=None,
    features=("x", "y"),
    parameter="p",
    target="y",
    coefficients={},
    status="unread",
    reason="the network fits, but no readout agrees with it",
)


def with_coefficient(coefficient, **changes):
    return Equation(
        **{
            "template": "c*x",
            "features": ("x",),
            "parameter": "q",
            "target": "y",
            "coefficients": {"c": coefficient},
            **changes,
        }
    )


# ---------------------------------------------------------------------------------------------- round-trips

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
VARIABLE_NAMES = st.sampled_from(sorted(VARIABLES))
GRIDS = st.lists(st.floats(0.01, 10), min_size=1, max_size=6).map(lambda steps: tuple(np.cumsum(steps).tolist()))


def numbers(size, elements=NUMBERS):
    return st.lists(elements, min_size=size, max_size=size).map(tuple)


@st.composite
def polynomials(draw):
    size = draw(st.integers(1, 5))
    domain = st.tuples(st.floats(0.01, 1), st.floats(1, 1e3))
    errors = numbers(size)
    return Polynomial(draw(errors), draw(VARIABLE_NAMES), draw(st.none() | domain), draw(st.none() | errors))


@st.composite
def samples(draw):
    grid = draw(GRIDS)
    values = numbers(len(grid), st.floats(-1e100, 1e100))  # slopes between larger ones are infinite
    rule, variable = draw(st.sampled_from(INTERPOLATIONS)), draw(VARIABLE_NAMES)
    return Samples(grid, draw(values), rule, variable, draw(st.none() | values))


COEFFICIENTS = st.builds(Constant, NUMBERS, st.none() | NUMBERS) | polynomials() | samples()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("equations")


@settings(deadline=None)
@given(coefficient=COEFFICIENTS, provenance=st.dictionaries(st.text("abc", max_size=3), JSON, max_size=3))
def test_an_equation_is_read_as_it_was_written(folder, coefficient, provenance):
    equation = with_coefficient(coefficient, provenance=provenance, valid_range=(0.1, 2.0))
    path = folder / "equation.json"
    write_equation(equation, path)
    assert read_equation(path) == equation
    written = path.read_bytes()
    write_equation(read_equation(path), path)
    assert path.read_bytes() == written


@settings(deadline=None)
@given(coefficient=COEFFICIENTS, parameter=st.floats(0.01, 1e3))
def test_a_coefficient_has_the_same_value_after_a_round_trip(folder, coefficient, parameter):
    path = folder / "coefficient.json"
    write_equation(with_coefficient(coefficient), path)
    again = read_equation(path).coefficients["c"]
    with np.errstate(all="ignore"):  # polynomials with the largest floats overflow
        np.testing.assert_array_equal(again(parameter), coefficient(parameter))


@pytest.mark.parametrize("equation", [LOGISTIC, UNREAD], ids=["read", "unread"])
def test_a_file_is_made_for_people_and_holds_no_null(tmp_path, equation):
    write_equation(equation, tmp_path / "deep" / "equation.json")
    text = (tmp_path / "deep" / "equation.json").read_text()
    assert read_equation(tmp_path / "deep" / "equation.json") == equation
    assert text.count("\n") > 5 and text.endswith("}\n") and "null" not in text


# ---------------------------------------------------------------------------------------------- values


def test_evaluate_broadcasts_features_against_the_parameter():
    density = np.array([[0.0, 0.5, 1.0], [0.25, 0.5, 0.75]])
    rate = np.array([[0.01], [5.0]])
    expected = rate * (density + np.array([[-3.0], [-1.0]]) * density**2)
    np.testing.assert_allclose(LOGISTIC.evaluate({"C": density}, rate), expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("features", "parameter", "shape"),
    [(0.5, 1.0, ()), (np.ones(3), 1.0, (3,)), (0.5, np.ones(4), (4,)), (np.ones(3), np.ones((4, 1)), (4, 3))],
    ids=["scalars", "features", "parameters", "both"],
)
@pytest.mark.parametrize("template", ["c*x", "c", "x", "p", "0", "2"])
def test_the_value_has_the_broadcast_shape_whatever_the_template_uses(template, features, parameter, shape):
    names = {"c": Constant(2.0)} if "c" in template else {}
    value = with_coefficient(None, template=template, coefficients=names).evaluate({"x": features}, parameter)
    assert value.shape == shape and value.dtype == float


def test_evaluate_uses_parameter_features_and_coefficients_by_name():
    equation = Equation("a*x + p*sin(b*y) - 1", ("x", "y"), "q", "z", {"a": Constant(2.0), "b": Polynomial((0.0, 1.0))})
    assert equation.evaluate({"x": 3.0, "y": 0.5}, 4.0) == 2.0 * 3.0 + 4.0 * np.sin(4.0 * 0.5) - 1


def test_whole_numbered_features_are_real_numbers():
    equation = with_coefficient(Constant(1), template="c/x**2 + c*x**-1")
    np.testing.assert_array_equal(equation.evaluate({"x": [1, 2]}, 1), [2, 0.75])


def test_the_value_can_be_changed_without_changing_the_features():
    density = np.array([1.0, 2.0])
    with_coefficient(None, template="x", coefficients={}).evaluate({"x": density}, 1.0)[:] = 0
    np.testing.assert_array_equal(density, [1, 2])


def test_a_polynomial_runs_in_its_variable():
    p = np.array([0.25, 4.0])
    np.testing.assert_allclose(Polynomial((1.0, 2.0, 3.0))(p), 1 + 2 * p + 3 * p**2)
    np.testing.assert_allclose(Polynomial((1.0, 2.0), variable="sqrt(p)")(p), 1 + 2 * np.sqrt(p))
    np.testing.assert_allclose(Polynomial((1.0, 2.0), variable="log(p)")(p), 1 + 2 * np.log(p))


@pytest.mark.parametrize("rule", INTERPOLATIONS)
@pytest.mark.parametrize("variable", VARIABLES)
def test_samples_go_through_their_values(rule, variable):
    grid, values = (0.01, 1.0, 2.5, 5.0), (3.0, -1.0, -1.0, 2.0)
    np.testing.assert_allclose(Samples(grid, values, rule, variable)(np.array(grid)), values, rtol=1e-14)


@pytest.mark.parametrize(("variable", "middle"), [("p", 2.5), ("sqrt(p)", 2.25), ("log(p)", 2.0)])
def test_linear_samples_are_straight_in_their_variable(variable, middle):
    assert Samples((1.0, 4.0), (10.0, 20.0), "linear", variable)(middle) == pytest.approx(15.0, abs=1e-12)


def test_pchip_samples_do_not_overshoot():
    curve = Samples((0.0, 1.0, 2.0, 3.0), (0.0, 0.0, 1.0, 1.0), "pchip")(np.linspace(0, 3, 301))
    assert curve.min() == 0 and curve.max() == 1 and (np.diff(curve) >= 0).all()


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize(
    "make",
    [
        lambda variable: Polynomial((1.0, 2.0, -0.5), variable, domain=(0.5, 2.0)),
        lambda variable: Samples((0.5, 1.0, 2.0), (1.0, 5.0, 2.0), "linear", variable),
        lambda variable: Samples((0.5, 1.0, 2.0), (1.0, 5.0, 2.0), "pchip", variable),
        lambda variable: Samples((0.5,), (1.0,), "pchip", variable),
    ],
    ids=["polynomial", "linear", "pchip", "one sample"],
)
def test_end_values_are_held_outside_even_where_the_variable_does_not_exist(make, variable):
    coefficient = make(variable)
    low, high = coefficient(np.array([0.5, 2.0]))
    np.testing.assert_array_equal(coefficient(np.array([-1.0, 0.0, 0.1, 2.1, 1e6])), [low, low, low, high, high])


@settings(deadline=None)
@given(coefficient=COEFFICIENTS, shape=st.sampled_from([(), (1,), (3,), (2, 3)]))
def test_a_coefficient_has_the_shape_of_the_parameter(coefficient, shape):
    with np.errstate(all="ignore"):
        assert np.shape(coefficient(np.full(shape, 0.5))) == shape


def test_with_coefficients_keeps_everything_else():
    changed = LOGISTIC.with_coefficients({"c1": Constant(2.0), "c2": Constant(3.0)})
    assert changed.coefficients == {"c1": Constant(2.0), "c2": Constant(3.0)}
    assert changed.with_coefficients(LOGISTIC.coefficients) == LOGISTIC


# ---------------------------------------------------------------------------------------------- rules of an equation


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "maybe"}, "status is 'maybe'"),
        ({"status": "unread"}, "needs a reason and no template"),
        ({"status": "unread", "reason": "because"}, "needs a reason and no template"),
        ({"status": "unread", "template": None}, "needs a reason and no template"),
        ({"template": None}, "status 'read' needs a template"),
        ({"template": "c*z"}, "disagree about z"),
        ({"template": "x"}, "disagree about c"),
        ({"template": "c*x +"}, "cannot be read"),
        ({"template": "c*x.real"}, "Attribute is not allowed"),
        ({"features": ("x", "x")}, "name 'x' is"),
        ({"features": ("x", "c")}, "name 'c' is"),
        ({"features": ("x", "p")}, "name 'p' is"),
        ({"features": ("x", "sin")}, "name 'sin' is"),
        ({"features": ("x", "a b")}, "name 'a b' is"),
        ({"features": ("x", "lambda")}, "name 'lambda' is"),
        ({"features": ("x", "")}, "name '' is"),
        ({"features": ("x", None)}, "name None is"),
        ({"features": ("x", ["y"])}, "name ['y'] is"),
        ({"coefficients": {"c": Constant(1.0), "p": Constant(1.0)}}, "name 'p' is"),
        ({"coefficients": {"c": Constant(1.0), "x": Constant(1.0)}}, "name 'x' is"),
        ({"coefficients": {"c": Constant(1.0), "unused": Constant(1.0)}}, "disagree about unused"),
        ({"coefficients": {}}, "disagree about c"),
        ({"valid_range": (2.0, 1.0)}, "must be (lowest, highest)"),
        ({"valid_range": (np.nan, 1.0)}, "must be (lowest, highest)"),
    ],
    ids=str,
)
def test_a_broken_rule_is_named(changes, words):
    with pytest.raises(InputError) as caught:
        with_coefficient(Constant(1.0), **changes)
    assert words in str(caught.value)


def test_an_unread_equation_says_why_it_cannot_be_evaluated():
    with pytest.raises(InputError, match=r"status is 'unread' \(the network fits"):
        UNREAD.evaluate({"x": 1.0, "y": 1.0}, 1.0)


def test_a_feature_need_not_be_used():
    assert with_coefficient(Constant(3.0), template="c").evaluate({"x": 1.0}, 1.0) == 3.0


# ---------------------------------------------------------------------------------------------- bad files


def content(**changes):
    """JSON content of a good equation with some keys changed, or removed where the value is ``content``."""
    good = {
        "status": "read",
        "target": "y",
        "template": "c*x",
        "features": ["x"],
        "parameter": "q",
        "coefficients": {"c": {"kind": "samples", "grid": [0.5, 1.0], "values": [3.0, 4.0]}},
        "valid_range": [0.5, 1.0],
        "provenance": {"seed": 1},
    }
    return {key: value for key, value in {**good, **changes}.items() if value is not content}


def coefficient(kind="samples", **changes):
    """Content of an equation whose coefficient has some keys changed or, where ``content``, removed."""
    good = {
        "constant": {"value": 1.0},
        "polynomial": {"values": [1.0, 2.0], "domain": [0.5, 1.0]},
        "samples": {"grid": [0.5, 1.0], "values": [3.0, 4.0]},
    }
    item = {"kind": kind, **good[kind], **changes}
    return content(coefficients={"c": {key: value for key, value in item.items() if value is not content}})


def refusal(path) -> str:
    """The sentence with which a file is refused; it names the file first."""
    with pytest.raises(InputError) as caught:
        read_equation(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and message.endswith(".") and "\n" not in message
    return message.removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("replace", "by", "words"),
    [
        ("3.0", "NaN", "NaN is no finite number"),
        ("3.0", "Infinity", "Infinity is no finite number"),
        ("3.0", "-Infinity", "-Infinity is no finite number"),
        ("3.0", "1e999", "1e999 is no finite number"),
        ('{"seed": 1}', '{"seed": NaN}', "NaN is no finite number"),
        ('"grid"', '"values"', "the key 'values' is repeated"),
        ('"c": {', '"c": {"kind": "constant", "value": 1}, "c": {', "the key 'c' is repeated"),
        ('"target"', '"status"', "the key 'status' is repeated"),
        ("3.0", "0x10", "cannot be read as JSON"),
        ("3.0", "1" * 5000, "cannot be read as JSON"),
        ("[3.0, 4.0]", "[" * 100_000, "cannot be read as JSON"),
        ("}", "", "cannot be read as JSON"),
        ('"x"', "'x'", "cannot be read as JSON"),
        ('"x"', "x", "cannot be read as JSON"),
    ],
    ids=lambda value: value[:20],
)
def test_bad_json_is_refused(tmp_path, replace, by, words):
    path = tmp_path / "equation.json"
    path.write_text(json.dumps(content()).replace(replace, by))
    assert words in refusal(path)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"1", b'"read"', b"null", b"\xff\xfe", b"\x89HDF\r\n\x1a\n", b"{}", b"\xef\xbb\xbf{}"], ids=repr
)
def test_a_file_that_holds_no_equation_is_refused(tmp_path, raw):
    path = tmp_path / "equation.json"
    path.write_bytes(raw)
    refusal(path)


def test_an_absent_file_is_refused(tmp_path):
    assert "cannot be read" in refusal(tmp_path / "equation.json")


def test_a_file_truncated_anywhere_is_refused(tmp_path):
    path = tmp_path / "equation.json"
    write_equation(LOGISTIC, path)
    whole = path.read_bytes().rstrip()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        refusal(path)


@settings(deadline=None)
@given(key=st.sampled_from(sorted(content())), value=JSON)
def test_any_value_at_any_key_is_read_or_refused(folder, key, value):
    path = folder / "any_key.json"
    path.write_text(json.dumps(content(**{key: value})))
    try:
        assert isinstance(read_equation(path), Equation)
    except InputError:
        refusal(path)


@settings(deadline=None)
@given(
    kind=st.sampled_from(["constant", "polynomial", "samples"]),
    key=st.sampled_from(["kind", "value", "values", "grid", "variable", "interpolation", "domain", "standard_error"]),
    value=JSON | st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=3),
)
def test_any_value_in_a_coefficient_is_read_or_refused(folder, kind, key, value):
    path = folder / "any_coefficient.json"
    changed = coefficient(kind)
    changed["coefficients"]["c"][key] = value
    path.write_text(json.dumps(changed))
    try:
        read = read_equation(path)
    except InputError:
        refusal(path)
    else:
        with np.errstate(all="ignore"):  # numbers near the largest float overflow on the way
            assert read.coefficients["c"](np.array([0.5, 0.75, 1.0])).shape == (3,)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("before", [None, "what was there"])
def test_an_equation_that_json_cannot_hold_leaves_the_folder_as_it_was(tmp_path, number, before):
    path = tmp_path / "equation.json"
    if before is not None:
        path.write_text(before)
    with pytest.raises(ValueError):
        write_equation(with_coefficient(Constant(number)), path)
    assert [file.read_text() for file in tmp_path.iterdir()] == ([] if before is None else [before])
