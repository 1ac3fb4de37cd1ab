"""Equations as symbols: text, LaTeX, simplification, and whether two equations have the same structure."""

from dataclasses import dataclass

import numpy as np
import sympy

from eqlearn.coefficients import Constant, Polynomial
from eqlearn.equation import SYMBOL, Equation
from eqlearn.errors import InputError
from eqlearn.expression import Expression


def to_sympy(equation: Equation) -> sympy.Expr:
    """The template as a SymPy expression of real symbols."""
    symbols = {name: sympy.Symbol(name, real=True) for name in equation.expression.names}
    return equation.expression.fold(symbols, lambda name: getattr(sympy, name), _number)


def _number(value: float) -> sympy.Number:
    return sympy.Integer(int(value)) if value == int(value) and abs(value) < 1e15 else sympy.Float(value)


@dataclass(frozen=True)
class Term:
    """One additive term: its ``skeleton`` over the features, and the factors in front and inside of it.

    ``3*p*c1*sin(c2*x)*x`` has the skeleton ``x*sin(_*x)`` and the factors ``3*p*c1`` and ``c2``.
    """

    skeleton: str
    factors: tuple[sympy.Expr, ...]


def terms(equation: Equation) -> tuple[Term, ...]:
    """The additive terms of the expanded template, equal skeletons merged, sorted by skeleton.

    A term whose skeleton is '1' has no feature in it.
    """
    features = [sympy.Symbol(name, real=True) for name in equation.features]
    skeleton, factors = _decompose(to_sympy(equation), features)
    return tuple(Term(name, factors[name]) for name in skeleton)


def _decompose(expression: sympy.Expr, features: list[sympy.Symbol]) -> tuple[list[str], dict[str, tuple]]:
    """Skeletons of the additive terms and the factors of each; merges terms that differ in front only."""
    outer: dict[tuple, sympy.Expr] = {}
    names: dict[tuple, str] = {}
    for term in sympy.Add.make_args(sympy.expand(expression)):
        front, core = term.as_independent(*features, as_Add=False)
        name, inner = _core(core, features)
        key = (name, inner)
        outer[key] = outer.get(key, sympy.Integer(0)) + front
        names[key] = name
    kept = sorted((key for key in outer if outer[key] != 0), key=lambda key: (key[0], str(key[1])))
    labelled = {(key[0] if n == 0 else f"{key[0]} #{n + 1}"): key for key, n in _numbered(kept)}
    return list(labelled), {label: (outer[key], *key[1]) for label, key in labelled.items()}


def _numbered(keys: list[tuple]) -> list[tuple[tuple, int]]:
    seen: dict[str, int] = {}
    numbered = []
    for key in keys:
        numbered.append((key, seen.get(key[0], 0)))
        seen[key[0]] = seen.get(key[0], 0) + 1
    return numbered


def _core(core: sympy.Expr, features: list[sympy.Symbol]) -> tuple[str, tuple[sympy.Expr, ...]]:
    """Skeleton of a product without its front factor, and the factors inside its functions."""
    parts, inner = [], []
    for factor in sympy.Mul.make_args(core):
        base, power = factor.as_base_exp() if not isinstance(factor, sympy.exp) else (factor, sympy.Integer(1))
        if isinstance(base, sympy.Function | sympy.Add):
            argument = base if isinstance(base, sympy.Add) else base.args[0]
            labels, factors = _decompose(argument, features)
            text = " + ".join(f"_*{label}" for label in labels)
            base_text = f"({text})" if isinstance(base, sympy.Add) else f"{type(base).__name__}({text})"
            inner += [value for label in labels for value in factors[label]]
        else:
            base_text = str(base)
        parts.append(base_text if power == 1 else f"{base_text}**{power}")
    return "*".join(sorted(parts)), tuple(inner)


def same_structure(one: Equation, other: Equation) -> bool:
    """Whether both have the same terms, whatever the coefficients, their names and the form of the template."""
    if "unread" in (one.status, other.status) or set(one.features) != set(other.features):
        return False
    return [term.skeleton for term in terms(one)] == [term.skeleton for term in terms(other)]


def effective_coefficients(equation: Equation, parameter: np.ndarray) -> dict[str, np.ndarray]:
    """Value of all factors of every term, by skeleton: (number of factors, P) for P parameter values."""
    values = {SYMBOL: np.asarray(parameter, float), **equation.coefficients_at(parameter)}
    shape = np.shape(parameter)
    return {
        term.skeleton: np.array([np.broadcast_to(Expression(str(f)).evaluate(values), shape) for f in term.factors])
        for term in terms(equation)
    }


def coefficient_error(learned: Equation, truth: Equation, parameter: np.ndarray) -> dict[str, np.ndarray]:
    """Absolute error of every factor of every term, by skeleton, (factors, P); InputError for other structures."""
    if not same_structure(learned, truth):
        raise InputError("equation: coefficients can be compared for equations of the same structure only.")
    found, true = effective_coefficients(learned, parameter), effective_coefficients(truth, parameter)
    return {skeleton: np.abs(found[skeleton] - true[skeleton]) for skeleton in true}


def simplified(equation: Equation) -> Equation:
    """Without the terms whose coefficient is zero at every parameter, and without unused coefficients."""
    zero = {n: 0 for n, c in equation.coefficients.items() if _is_zero(c)}
    expression = to_sympy(equation).subs({sympy.Symbol(name, real=True): 0 for name in zero})
    template = str(expression)
    used = Expression(template).names
    kept = {name: c for name, c in equation.coefficients.items() if name in used}
    return Equation(**{**vars_of(equation), "template": template, "coefficients": kept})


def vars_of(equation: Equation) -> dict:
    """The fields of an equation by name."""
    return {name: getattr(equation, name) for name in equation.__dataclass_fields__}


def _is_zero(coefficient: object) -> bool:
    values = [coefficient.value] if isinstance(coefficient, Constant) else coefficient.values
    return not np.any(values)


def to_text(equation: Equation, parameter: float | None = None, digits: int = 4) -> str:
    """One line for people; with a parameter value the coefficients are numbers."""
    return f"{equation.target} = {_filled(equation, parameter, digits)}"


def to_latex(equation: Equation, parameter: float | None = None, digits: int = 4) -> str:
    """LaTeX of the right-hand side; with a parameter value the coefficients are numbers."""
    return sympy.latex(_filled(equation, parameter, digits))


def _filled(equation: Equation, parameter: float | None, digits: int) -> sympy.Expr:
    expression = to_sympy(equation)
    fixed = {n: float(c.value) for n, c in equation.coefficients.items() if isinstance(c, Constant)}
    fixed |= {
        n: c.values[0] for n, c in equation.coefficients.items() if isinstance(c, Polynomial) and len(c.values) == 1
    }
    if parameter is not None:
        fixed = {SYMBOL: parameter, **{n: float(v) for n, v in equation.coefficients_at(parameter).items()}}
    numbers = {sympy.Symbol(n, real=True): sympy.Float(v, digits) for n, v in fixed.items()}
    return expression.subs(numbers).evalf(digits) if parameter is not None else expression.subs(numbers)
