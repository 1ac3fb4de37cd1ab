"""Templates that SymPy would work on for ever end in a sentence; those of a run are not touched."""

import time

import pytest
from eqlearn import symbolic_limits
from eqlearn.coefficients import Constant
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from eqlearn.expression import Expression
from eqlearn.structure import same_structure, simplified, terms, to_latex, to_sympy, to_text
from hypothesis import given, settings
from hypothesis import strategies as st

USES = (to_sympy, terms, simplified, to_text, lambda shown: to_text(shown, 0.5), to_latex)


def equation(template: str, c: float = 0.3) -> Equation:
    names = Expression(template).names
    return Equation(template, ("x", "y"), "q", "dx/dt", {"c": Constant(c)} if "c" in names else {})


def ends(template: str, c: float = 0.3) -> int:
    """Number of uses that end in a sentence, when every use ends in time."""
    refused = 0
    for use in USES:
        start = time.process_time()
        try:
            use(equation(template, c))
        except InputError as error:
            refused += 1
            assert str(error).startswith("equation") and "\n" not in str(error) and len(str(error)) < 300
        assert time.process_time() - start < 2 * symbolic_limits.SECONDS
    return refused


@pytest.mark.parametrize(
    "template",
    [
        "sin(exp(1e99))*x",
        "cos(exp(exp(exp(9))))*x",
        "tanh(exp(-1e99))*x",
        "sin(exp(1e99*x/x))",
        "exp(99999999*log(2*x))",
        "sin(exp(99999999*log(3)))",
        "exp(64*log(exp(64*log(x + y)*y)))*exp(65*log(x))",
        "(99999999999999*x)**64",
        "(1e99*x)**3 + x",
        "x/((1e-90*y)**3)",
        "exp(1e99)/exp(1e99)*x",
    ],
)
def test_numbers_that_double_precision_lacks_are_refused_by_every_use(template):
    assert ends(template) == len(USES)


@pytest.mark.parametrize(
    "template", ["(x + y + c + 1)**60", "(x + y)**64*(x - y + c)**64", "(1 + x*(y + c + 2)**30)**2"]
)
def test_what_has_too_many_terms_is_written_but_not_multiplied_out(template):
    assert ends(template) == 1
    with pytest.raises(InputError, match="more than 10000 terms"):
        same_structure(equation(template), equation(template))


@pytest.mark.parametrize("template", ["sin(exp(c*1e50))*x", "sin(exp(1e99*p))*x", "x*exp(c)/exp(c)"])
def test_values_that_overflow_are_not_filled_in(template):
    assert to_text(equation(template, c=1e60), 1e60).startswith("dx/dt = ")


def test_what_takes_too_long_ends(monkeypatch):
    monkeypatch.setattr(symbolic_limits, "SECONDS", 0.2)
    start = time.process_time()
    with pytest.raises(InputError, match="takes longer than"):
        to_latex(equation("exp(-" * 11 + "x" + ")" * 11))
    assert time.process_time() - start < 2


def test_numbers_of_a_run_are_no_problem():
    assert ends("1e-12*x + 3e9*c*x**2 - sqrt(2)*exp(-(p - 2)**2/5)*y + 1/(1 + x**64)") == 0
    assert ends("exp(c*log(x))*y") == 0
    assert ends("(x + y + 1)**12") == 0


NAMES = st.sampled_from(["x", "y", "c", "p"])
NUMBERS = st.sampled_from(["0", "1", "2", "64", "0.5", "99999999999999", "1e15", "1e99", "1e-99"])
POWERS = st.sampled_from(["2", "3", "64", "-1", "-64", "0.5", "(1/3)", "0"])
TEMPLATES = st.recursive(
    NAMES | NUMBERS,
    lambda inner: st.one_of(
        st.builds("({}{}{})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({})**{}".format, inner, POWERS),
        st.builds("{}({})".format, st.sampled_from(["sin", "exp", "log", "sqrt", "tanh", "sign"]), inner),
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=20)
@given(TEMPLATES, st.sampled_from([0.3, -5.0, 1e99, 1e-99]))
def test_any_accepted_template_ends_in_time(template, c):
    try:
        equation(template, c)
    except InputError:
        return
    ends(template, c)
