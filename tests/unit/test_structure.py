"""Equations as symbols: equal structure, effective coefficients, simplification, text and LaTeX."""

import itertools

import numpy as np
import pytest
from eqlearn.coefficients import Constant, Polynomial, Samples
from eqlearn.effective import coefficient_error, effective_coefficients
from eqlearn.equation import SYMBOL, Equation
from eqlearn.errors import InputError
from eqlearn.expression import Expression
from eqlearn.structure import same_structure, simplified, terms, to_latex, to_text
from hypothesis import given, settings
from hypothesis import strategies as st

UNREAD = Equation(None, ("x", "y"), "q", "z", {}, status="unread", reason="no readout")
P = np.array([0.5, 1.0, 4.0])


def equation(template, features=("x", "y"), **coefficients):
    """An equation whose coefficients are given as numbers or functions; 2, 3, ... where they are not."""
    free = sorted(Expression(template).names - {*features, SYMBOL, *coefficients})
    named = dict(zip(free, map(float, range(2, 100)))) | coefficients
    functions = {name: Constant(c) if isinstance(c, int | float) else c for name, c in named.items()}
    return Equation(template, features, "q", "z", functions)


# ---------------------------------------------------------------------------------------------- same structure

SAME = [
    ("p*(c1*x + c2*x**2)", "a*p*x + b*p*x**2"),
    ("p*(c1*x + c2*x**2)", "a*x + b*x**2"),
    ("c1*x*(1 - x/c2)", "a*x + b*x**2"),
    ("(a + x)*(b + y)", "a*b + k*x + l*y + m*x*y"),
    ("(a + b*x)**2", "k + l*x + m*x**2"),
    ("(a + x)*(b - x)*(c + x)", "k*x**3 + l*x**2 + m*x + n"),
    ("sin(c1*x)", "sin(k*x)"),
    ("sin(c1*x)", "a*sin(b*p*x)"),
    ("sin(c1*x)", "sin(x)"),
    ("sin(c1*x)", "sin((a + b)*x)"),
    ("sin(c1*x) + sin(c2*x)", "sin(b*x) + 3*sin(a*x)"),
    ("sin(a*x)*sin(b*y)", "sin(a*y)*sin(b*x)"),
    ("c*x**2 + 3*sign(p)*x", "a*x*x + b*x"),
    ("x*sin(c1*x)", "sin(k*x)*x"),
    ("sin(c1*x + c2)", "sin(a + b*x)"),
    ("sin(cos(a*x) + b)", "sin(k + l*cos(m*x))"),
    ("exp(c1*x + c2)", "a*exp(b*x)"),
    ("exp(a*x + y)", "exp(k*x)*exp(l*y)"),
    ("sqrt(x)", "c*x**0.5"),
    ("sqrt(x)", "c*x**(1/2)"),
    ("1/sqrt(x)", "c*x**(-0.5)"),
    ("x**(3/2)", "x*sqrt(x)"),
    ("x**(4/2)", "x*x"),
    ("sqrt(a*x)", "sqrt(b*x)"),
    ("sqrt(a + b*x**2)", "c*sqrt(k + x**2)"),
    ("(c*x)**(1/3)", "(k*x)**(1/3)"),
    ("x/y", "c*x*y**-1"),
    ("1/(a + x)", "c/(b + x)"),
    ("a*tanh(b*x)**2", "tanh(x)*tanh(x)"),
    ("x - x + c*y", "y"),
    ("(a + x)**2 - a**2 - 2*a*x", "c*x**2"),
    ("0*x", "0"),
    ("a", "p"),
]

DIFFERENT = [
    ("c*x", "c*x**2"),
    ("c*x", "c*y"),
    ("c*x", "c*x + d"),
    ("c*x", "0"),
    ("a*x*y", "a*x + b*y"),
    ("a*x + b*y", "a*(x + y)**2"),
    ("sin(c*x)", "cos(c*x)"),
    ("sin(c*x)", "sin(c*x + d)"),
    ("sin(c*x)", "sin(c*x**2)"),
    ("sin(c*x)", "sin(a*x) + sin(b*x)"),
    ("sin(c*x)", "sin(c*y)"),
    ("sin(c*x)", "x*sin(c*x)"),
    ("sin(c*x)", "sin(c*x)**2"),
    ("sin(x)", "x"),
    ("sqrt(x)", "x"),
    ("sqrt(x)", "x**0.3"),
    ("x**0.7071", "x**(41/58)"),
    ("1/(a + x)", "1/(a + x**2)"),
    ("exp(x)", "exp(0 - x) + exp(x)"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_equations_with_the_same_terms_have_the_same_structure(one, other):
    assert same_structure(equation(one), equation(other))
    assert same_structure(equation(other), equation(one))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_equations_with_other_terms_have_another_structure(one, other):
    assert not same_structure(equation(one), equation(other))
    assert not same_structure(equation(other), equation(one))


def test_the_values_of_coefficients_do_not_matter():
    assert same_structure(equation("c*x", c=2.0), equation("c*x", c=Polynomial((0.0, 1.0), "sqrt(p)")))


def test_features_are_compared_as_a_set():
    assert same_structure(equation("x*y", ("x", "y")), equation("y*x", ("y", "x")))
    assert not same_structure(equation("x", ("x",)), equation("x", ("x", "y")))


def test_an_unread_equation_has_no_structure():
    assert not same_structure(UNREAD, UNREAD)
    assert not same_structure(equation("x"), UNREAD)
    assert not same_structure(UNREAD, equation("x"))


SUMS = st.lists(
    st.sets(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=1, max_size=3), min_size=1, max_size=3
)


@settings(deadline=None, max_examples=40)
@given(SUMS)
def test_a_product_of_sums_has_the_terms_of_its_expansion(factors):
    names = (f"c{k}" for k in itertools.count())
    sums = [" + ".join(f"{next(names)}*x**{i}*y**{j}" for i, j in sorted(powers)) for powers in factors]
    products = {tuple(map(sum, zip(*choice))) for choice in itertools.product(*factors)}
    factored = equation("*".join(f"({text})" for text in sums))
    expanded = equation(" + ".join(f"{next(names)}*x**{i}*y**{j}" for i, j in sorted(products)))
    assert same_structure(factored, expanded)


# ---------------------------------------------------------------------------------------------- coefficients


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("p*(c1*x + c2*x**2)", {"x": [2 * P], "x**2": [3 * P]}),
        ("sin(c1*x)", {"sin(_*x)": [1 + 0 * P, 2 + 0 * P]}),
        ("p*a*sin(b*x + c)", {"sin(_*1 + _*x)": [2 * P, 4 + 0 * P, 3 + 0 * P]}),
        ("c*x**2 + 3*sign(p - 1)*x", {"x": [[-3, 0, 3]], "x**2": [2 + 0 * P]}),
        ("(a + x)*(b + y)", {"1": [6 + 0 * P], "x": [3 + 0 * P], "x*y": [1 + 0 * P], "y": [2 + 0 * P]}),
        ("a*x*p**(-3/2)", {"x": [2 * P**-1.5]}),
        ("x*sqrt((p - 1)**2)", {"x": [np.abs(P - 1)]}),
        ("exp(a*x + 1)", {"exp(_*x)": [np.e + 0 * P, 2 + 0 * P]}),
        ("0.12345678901234566*x", {"x": [0.12345678901234566 + 0 * P]}),
        ("a - a", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_effective_coefficients_are_all_factors_of_every_term(template, expected):
    found = effective_coefficients(equation(template), P)
    assert list(found) == sorted(expected)
    for skeleton, values in expected.items():
        np.testing.assert_allclose(found[skeleton], values, rtol=1e-15)
        assert found[skeleton].dtype == float


def test_effective_coefficients_follow_the_functions_of_the_parameter():
    learned = equation("a*x + b*sin(c*x)", a=Polynomial((1.0, 2.0), "sqrt(p)"), b=Samples((0.5, 4.0), (1.0, 8.0)), c=3)
    found = effective_coefficients(learned, P)
    np.testing.assert_allclose(found["x"], [1 + 2 * np.sqrt(P)])
    np.testing.assert_allclose(found["sin(_*x)"], [[1.0, 2.0, 8.0], [3.0, 3.0, 3.0]])


def test_effective_coefficients_at_one_parameter_value_are_vectors():
    assert effective_coefficients(equation("a*sin(b*x)"), 2.0)["sin(_*x)"].tolist() == [2.0, 3.0]


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_terms_of_one_skeleton_are_numbered_by_their_size(names):
    """Whatever the names of their coefficients; over all of the parameter values, not by each of them."""
    small, large = names
    shown = equation(f"0.1*sin({small}*x) + p*sin({large}*x) + y", **{small: 2, large: 3})
    found = effective_coefficients(shown, P)
    assert list(found) == ["sin(_*x)", "sin(_*x) #2", "y"]
    np.testing.assert_allclose(found["sin(_*x)"], [P, 3 + 0 * P])
    np.testing.assert_allclose(found["sin(_*x) #2"], [0.1 + 0 * P, 2 + 0 * P])


@pytest.mark.parametrize("off", [1e-9, -1e-9])
def test_terms_of_one_skeleton_and_size_are_compared_with_the_nearest(off):
    """Of equal size in the truth: which of two learned ones is the larger is a matter of rounding."""
    learned = equation("a*sin(b*x) + sin(c*x)", a=1 + off, b=2.0, c=3.25)
    errors = coefficient_error(learned, equation("sin(2*x) + sin(3*x)"), P)
    assert {label: error.max().round(8) for label, error in errors.items()} in (
        {"sin(_*x)": 0.0, "sin(_*x) #2": 0.25},
        {"sin(_*x)": 0.25, "sin(_*x) #2": 0.0},
    )


def test_the_error_of_an_equation_against_itself_is_zero():
    planted = equation("p*(c1*x + c2*x**2) + sin(c3*y)")
    assert all((error == 0).all() for error in coefficient_error(planted, planted, P).values())


@pytest.mark.parametrize(
    ("learned", "truth", "expected"),
    [
        (equation("c*x", c=2.5), equation("3*x"), {"x": [[0.5, 0.5, 0.5]]}),
        (equation("a*x + b*x**2", a=1, b=-1), equation("p*x*(1 - x)"), {"x": [abs(1 - P)], "x**2": [abs(1 - P)]}),
        (equation("a*sin(b*x)", a=1, b=2), equation("sin(p*x)"), {"sin(_*x)": [0 * P, abs(2 - P)]}),
        (
            equation("sin(a*y)*sin(b*x)", a=1.0, b=2.0),
            equation("sin(a*x)*sin(b*y)", a=2.25, b=1.0),
            {"sin(_*x)*sin(_*y)": [0 * P, 0.25 + 0 * P, 0 * P]},
        ),
    ],
    ids=["constant", "expanded", "inside", "names in another order"],
)
def test_the_error_is_the_distance_of_every_factor(learned, truth, expected):
    found = coefficient_error(learned, truth, P)
    assert list(found) == list(expected)
    for skeleton, values in expected.items():
        np.testing.assert_allclose(found[skeleton], values, atol=1e-15)


@pytest.mark.parametrize("other", [equation("c*x**2"), equation("c*x + d"), UNREAD], ids=["power", "term", "unread"])
def test_coefficients_of_other_structures_are_not_compared(other):
    with pytest.raises(InputError, match="the same structure only"):
        coefficient_error(equation("c*x"), other, P)


# ---------------------------------------------------------------------------------------------- simplification


@pytest.mark.parametrize(
    "zero", [Constant(0.0), Constant(-0.0), Polynomial((0.0, 0.0)), Samples((1.0, 2.0), (0.0, 0.0))]
)
@pytest.mark.parametrize(
    ("template", "left", "names"),
    [
        ("a*x + zero*y", "a*x", {"a"}),
        ("a*x + b*sin(zero*y)", "a*x", {"a"}),
        ("a*x + b*cos(zero*y)", "a*x + b", {"a", "b"}),
        ("zero*(a*x + y)", "0", set()),
        ("p*(a*x + zero*x**2 + x**3)", "p*(a*x + x**3)", {"a"}),
        ("x**2 + zero", "x**2", set()),
    ],
)
def test_terms_with_a_zero_coefficient_vanish(zero, template, left, names):
    simple = simplified(equation(template, zero=zero))
    assert simple.template == left and set(simple.coefficients) == names


def test_a_coefficient_that_is_zero_somewhere_stays():
    whole = equation("a*x + b*y", b=Polynomial((0.0, 1.0)))
    assert simplified(whole) == whole


def test_everything_else_is_kept():
    whole = Equation(
        "a*x + b", ("x",), "q", "z", {"a": Constant(1.0, 0.5), "b": Constant(0.0)}, (0.0, 1.0), {"learner": "es"}
    )
    simple = simplified(whole)
    assert simple == Equation("a*x", ("x",), "q", "z", {"a": Constant(1.0, 0.5)}, (0.0, 1.0), {"learner": "es"})


@pytest.mark.parametrize(
    "template",
    [
        "0.12345678901234566*x",
        "x*exp(1) + exp(2)*y",
        "sqrt(x**2) + sqrt(p**2)",
        "x**(-3/2) + p**0.5",
        "1e-20*x + 1e30*y - 0.5",
        "x**(1/3) + x**0.3",
        "tanh(log(x) - y/3)",
        "sign(x)*(0 - 2.5)",
        "E*x + I*y + S",
    ],
)
def test_simplification_loses_no_digit(template):
    whole, at = equation(template), {"x": 0.7, "y": -1.3}
    np.testing.assert_allclose(simplified(whole).evaluate(at, 2.0), whole.evaluate(at, 2.0), rtol=4e-16)


POOL = (
    "x",
    "x**2",
    "x*y",
    "sin({}*x)",
    "exp({}*y - 1)",
    "(x + {})*(y - {})",
    "1/(2 + {}*x**2)",
    "sqrt(p)*{}",
    "cos(y)",
)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(POOL), st.lists(st.sampled_from([0.0, 0.5, -2.0]), min_size=3, max_size=3))))
def test_a_simplified_equation_has_the_same_values(chosen):
    texts, values = ["1"], {}
    for number, (text, numbers) in enumerate(chosen):
        names = [f"c{number}_{k}" for k in range(1 + text.count("{}"))]
        values |= dict(zip(names, numbers))
        texts.append(f"{names[0]}*{text.format(*names[1:])}")
    whole = equation(" + ".join(texts), **values)
    x, y = np.meshgrid([-1.5, 0.25, 2.0], [-0.5, 3.0])
    at = {"x": x.ravel(), "y": y.ravel()}
    np.testing.assert_allclose(simplified(whole).evaluate(at, 2.0), whole.evaluate(at, 2.0), rtol=1e-12, atol=1e-12)


# ---------------------------------------------------------------------------------------------- text and LaTeX

LOGISTIC = equation("p*(c1*C + c2*C**2)", ("C",), c1=1.0, c2=Polynomial((-1.0, -0.25), "sqrt(p)"))


@pytest.mark.parametrize(
    ("shown", "parameter", "text"),
    [
        (LOGISTIC, None, "z = p*(C**2*c2 + 1.0*C)"),
        (LOGISTIC, 4.0, "z = -6.0*C**2 + 4.0*C"),
        (equation("sin(c1*x)", c1=1.23456), None, "z = sin(1.235*x)"),
        (equation("sin(c1*x)", c1=Polynomial((0.0, 1.0))), None, "z = sin(c1*x)"),
        (equation("sin(c1*x)", c1=Polynomial((0.0, 1.0))), 1.5, "z = sin(1.5*x)"),
        (equation("c1*x", c1=Polynomial((2.0,))), None, "z = 2.0*x"),
        (equation("c*x**2 + 3*sign(p)*x", c=0.5), None, "z = 0.5*x**2 + 3*x*sign(p)"),
        (equation("c*x**2 + 3*sign(p)*x", c=0.5), -2.0, "z = 0.5*x**2 - 3.0*x"),
        (equation("a*x + b*y", a=0.0, b=1e-5), None, "z = 1.0e-5*y"),
        (equation("(a + x)*(b - x)", a=1.0, b=2.0), None, "z = (2.0 - x)*(x + 1.0)"),
    ],
    ids=lambda value: value.template if isinstance(value, Equation) else str(value),
)
def test_text_is_one_line_with_the_known_numbers(shown, parameter, text):
    assert to_text(shown, parameter) == text


@pytest.mark.parametrize(
    ("shown", "parameter", "latex"),
    [
        (equation("sin(c_1*x)", c_1=Polynomial((0.0, 1.0))), None, r"\sin{\left(c_{1} x \right)}"),
        (equation("c*x**2 + 3*sign(p)*x", c=0.5), None, r"0.5 x^{2} + 3 x \operatorname{sign}{\left(p \right)}"),
        (LOGISTIC, 4.0, r"- 6.0 C^{2} + 4.0 C"),
        (equation("sqrt(x)/y"), None, r"\frac{\sqrt{x}}{y}"),
        (equation("x**0.5"), None, r"\sqrt{x}"),
    ],
    ids=lambda value: value.template if isinstance(value, Equation) else "",
)
def test_latex_is_the_right_hand_side(shown, parameter, latex):
    assert to_latex(shown, parameter) == latex


@pytest.mark.parametrize(("digits", "text"), [(2, "z = 3.1*x"), (6, "z = 3.14159*x")])
@pytest.mark.parametrize("parameter", [None, 1.0])
def test_numbers_have_the_digits_asked_for(digits, text, parameter):
    assert to_text(equation("c*x", c=np.pi), parameter, digits) == text


# ---------------------------------------------------------------------------------------------- what has no symbols

USES = {
    "terms": terms,
    "effective": lambda shown: effective_coefficients(shown, P),
    "simplified": simplified,
    "text": to_text,
    "latex": to_latex,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_an_unread_equation_is_refused_with_its_reason(use):
    with pytest.raises(InputError, match="no readout"):
        use(UNREAD)


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("template", ["x/0", "log(0)*x", "sqrt(0 - 1)*x", "(0 - 2)**0.5*x", "0/0", "x**2/(p - p)"])
def test_a_template_without_real_values_is_refused(use, template):
    with pytest.raises(InputError, match="divides by zero or is not real"):
        use(equation(template))


def test_a_zero_coefficient_in_a_denominator_is_refused():
    with pytest.raises(InputError, match="divides by zero or is not real"):
        simplified(equation("x/c", c=0.0))


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_deep_templates_are_no_problem(use):
    use(equation("sin(" * 60 + "c*x" + ")" * 60))
    use(equation("x/(1 + " * 20 + "x" + ")" * 20))
    use(equation(" + ".join(f"sin({k}*x)" for k in range(150))))
