"""Forward solves: compiled polynomial flow and general path against closed forms, SciPy and each other."""

import numpy as np
import pytest
from eqlearn import polynomial_flow
from eqlearn.coefficients import Constant, Polynomial
from eqlearn.datasets import mean_field
from eqlearn.dynamics import forward_solve, state_polynomial
from eqlearn.equation import Equation
from eqlearn.errors import InputError
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from unit.numeric_truths import FLOW, logistic, scipy_flow

TIMES = np.linspace(0.0, 8.0, 33)


def equation(template: str, **coefficients) -> Equation:
    return Equation(template, ("C",), "rate", "dC/dt", coefficients)


@pytest.mark.parametrize("truth", FLOW, ids=lambda truth: truth.__name__)
def test_polynomial_flow(truth):
    truth(polynomial_flow)


@st.composite
def stable_problems(draw, foldings: float) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients under which states between 0 and 1 stay there: not falling at 0, not rising at 1; and times.

    They end before a difference can have grown by more than e**foldings, since errors grow likewise.
    """
    numbers = {"allow_subnormal": False}
    middle = draw(st.lists(st.floats(-3, 3, **numbers), min_size=1, max_size=5))
    source = draw(st.floats(0, 1, **numbers))
    last = -source - np.abs(middle).sum() - draw(st.floats(0.01, 1))
    coefficients = np.array([source, *middle, last])
    steepest = np.abs(coefficients) @ np.arange(coefficients.size)
    return coefficients, np.linspace(0.0, draw(st.floats(0.01, 1)) * foldings / steepest, draw(st.integers(2, 40)))


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(stable_problems(foldings=5.0), st.floats(0, 1))
def test_random_stable_polynomials_agree_with_scipy(problem, initial):
    coefficients, times = problem
    found = polynomial_flow.solve(coefficients, initial, times)
    np.testing.assert_allclose(found, scipy_flow(coefficients, initial, times), rtol=0, atol=1e-9)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(stable_problems(foldings=5.0), st.floats(0.05, 0.95))
def test_sensitivities_of_random_polynomials_agree_with_the_variational_equations(problem, initial):
    """To 1e-6 of the largest of each, or 1e-9; not from a state at rest, where step control has nothing to look at."""
    coefficients, times = problem
    powers, rate = np.arange(coefficients.size), np.polynomial.Polynomial(coefficients)
    assume(abs(rate(initial)) > 1e-3)

    def variational(_time: float, point: np.ndarray) -> np.ndarray:
        sources = np.concatenate([[0.0], point[0] ** powers])
        return np.concatenate([[rate(point[0])], rate.deriv()(point[0]) * point[1:] + sources])

    start = np.concatenate([[initial, 1.0], np.zeros(powers.size)])
    options = {"method": "DOP853", "t_eval": times, "rtol": 1e-12, "atol": 1e-14}
    expected = solve_ivp(variational, (0.0, times[-1]), start, **options).y[1:].T
    _, found = polynomial_flow.solve_with_sensitivities(coefficients, powers, initial, times)
    assert (np.abs(found - expected) <= 1e-6 * np.abs(expected).max(axis=0) + 1e-9).all()


@pytest.mark.parametrize("coefficients", [[0.0], [1.0, 0.0], [0.0, 0.0, 0.0], [-0.5]])
def test_constant_rates_give_straight_lines(coefficients):
    found = polynomial_flow.solve(np.array(coefficients), 0.3, TIMES)
    np.testing.assert_allclose(found, 0.3 + coefficients[0] * TIMES, rtol=1e-13, atol=1e-13)


def test_a_single_time_is_the_start():
    np.testing.assert_array_equal(polynomial_flow.solve(np.array([0.0, 1.0]), 0.3, np.array([2.0])), [0.3])


def test_stiff_decay_ends_at_rest():
    found = polynomial_flow.solve(np.array([0.0, -50.0, 0.0, -1e3]), 0.9, np.array([0.0, 0.1, 10.0]))
    assert abs(found[-1]) < 1e-12


def test_coefficients_of_the_equation_are_evaluated_at_the_parameter():
    learned = equation("p*(a*C + b*C**2)", a=Polynomial((0.25, 0.5), "sqrt(p)"), b=Constant(-1.0))
    np.testing.assert_allclose(state_polynomial(learned, 4.0), [0.0, 5.0, -4.0], rtol=1e-14)
    np.testing.assert_allclose(
        forward_solve(learned, 4.0, 0.05, TIMES, 1.0), logistic(TIMES, 0.05, 5.0, -4.0), rtol=1e-9, atol=1e-10
    )


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("C*(1 - C)**3", [0, 1, -3, 3, -1]),
        ("p", [2]),
        ("sin(p)*C/p", [0, np.sin(2) / 2]),
        ("0*C", [0]),
        ("(C + 1)**2 - C*C", [1, 2]),
    ],
)
def test_polynomials_are_recognised_in_any_form(template, expected):
    found = np.trim_zeros(state_polynomial(equation(template), 2.0), "b")
    np.testing.assert_allclose(found, np.trim_zeros(np.array(expected, float), "b"), atol=1e-15)


@pytest.mark.parametrize("template", ["sin(C)", "1/C", "C**0.5", "C*tanh(p*C)", "C**(-1)", "sqrt(C**2)"])
def test_other_equations_are_no_polynomials(template):
    assert state_polynomial(equation(template), 2.0) is None


CLOSED_FORMS = {
    "sin(C)": (1.0, lambda t: 2 * np.arctan(np.tan(0.5) * np.exp(t))),
    "-p*sin(C)": (1.0, lambda t: 2 * np.arctan(np.tan(0.5) * np.exp(-2 * t))),
    "p*sqrt(C)": (0.25, lambda t: (0.5 + t) ** 2),
    "1/C": (1.0, lambda t: np.sqrt(1 + 2 * t)),
    "exp(-C)": (0.5, lambda t: np.log(np.exp(0.5) + t)),
}


@pytest.mark.parametrize("template", CLOSED_FORMS)
def test_general_path_follows_closed_forms(template):
    initial, solution = CLOSED_FORMS[template]
    found = forward_solve(equation(template), 2.0, initial, TIMES, 1.0)
    np.testing.assert_allclose(found, solution(TIMES), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("times", [TIMES, 3.0 + np.array([0.0, 0.1, 5.0])], ids=["from 0", "later, uneven"])
@pytest.mark.parametrize("initial", [0.05, 0.5, 1.4])
@pytest.mark.parametrize("template", ["p*C*(0.5 - C)", "C - C**4 - 0.1*p", "0.3 - p*C**3"])
def test_both_paths_agree_for_the_same_equation(template, initial, times):
    compiled, general = equation(template), equation(f"{template} + 0*sin(C)")
    assert state_polynomial(compiled, 2.0) is not None and state_polynomial(general, 2.0) is None
    expected = forward_solve(compiled, 2.0, initial, times, 1.0)
    np.testing.assert_allclose(forward_solve(general, 2.0, initial, times, 1.0), expected, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("initial", [1.0, -1.0])
@pytest.mark.parametrize("template", ["C**3", "C**3 + 0*sin(C)"], ids=["polynomial", "general"])
def test_both_paths_hold_the_state_at_the_limit_after_a_blow_up(template, initial):
    times = np.array([0.0, 0.25, 0.49, 0.6, 3.0])  # the solution is +-1/sqrt(1 - 2t)
    found = forward_solve(equation(template), 1.0, initial, times, 1.0)
    np.testing.assert_allclose(found[:3], initial / np.sqrt(1 - 2 * times[:3]), rtol=1e-7)
    np.testing.assert_array_equal(found[3:], initial * polynomial_flow.LIMIT)


def test_a_singularity_that_no_step_can_reach_counts_as_a_blow_up():
    found = forward_solve(equation("exp(C)"), 1.0, 0.0, np.array([0.0, 0.5, 2.0]), 1.0)  # -log(1 - t)
    np.testing.assert_allclose(found, [0.0, np.log(2.0), polynomial_flow.LIMIT], rtol=1e-8)


def test_two_features_are_refused_by_name():
    two = Equation("C*F", ("C", "F"), "rate", "dC/dt", {})
    with pytest.raises(InputError, match=r"features \('C', 'F'\), a forward solve needs exactly one state"):
        forward_solve(two, 1.0, 0.1, TIMES, 1.0)


@pytest.mark.parametrize("end", [40.0, 4e3, 4e5])
def test_a_state_at_rest_is_exact_and_costs_nothing_more(end):
    """Long after the plateau is reached, where an explicit method would need thousands of steps."""
    times = np.linspace(0.0, end, 100)
    states = polynomial_flow.solve(np.array([0.0, 0.5, -1.0]), 0.05, times)
    np.testing.assert_allclose(states, mean_field.density(times, 0.05, 1.0, 0.5), rtol=1e-9)


def test_an_unstable_equilibrium_is_not_taken_for_rest():
    times = np.linspace(0.0, 60.0, 50)
    states = polynomial_flow.solve(np.array([0.0, 0.5, -1.0]), 1e-6, times)
    np.testing.assert_allclose(states, mean_field.density(times, 1e-6, 1.0, 0.5), rtol=1e-7)


@pytest.mark.parametrize("template", ["log(C - 1)", "sqrt(C - 2)", "0*log(C - 1) + C"])
def test_a_rate_that_is_no_number_at_the_start_ends_at_the_limit(template):
    with np.errstate(all="ignore"):
        states = forward_solve(Equation(template, ("C",), "r", "dC/dt", {}), 1.0, 0.1, np.linspace(0.0, 5.0, 6), 1.0)
    assert (np.abs(states) == polynomial_flow.LIMIT).all()


def test_a_high_power_of_a_sum_is_solved_without_multiplying_it_out():
    equation = Equation("-(C + p)**40", ("C",), "r", "dC/dt", {})
    times = np.linspace(0.0, 5.0, 6)
    assert state_polynomial(equation, 0.5) is None
    np.testing.assert_allclose(
        forward_solve(equation, 0.5, 0.5, times, 1.0), (1 + 39 * times) ** (-1 / 39) - 0.5, rtol=1e-8
    )
