"""Equations as symbols: text, LaTeX, simplification, and whether two equations have the same structure."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import sympy
from sympy.printing.str import StrPrinter

from eqlearn.coefficients import Coefficient, Constant
from eqlearn.equation import SYMBOL, Equation
from eqlearn.errors import InputError
from eqlearn.expression import MAX_POWER, Expression
from eqlearn.symbolic_limits import bounded_in_time, fit, require_numbers, require_terms
from eqlearn.verdict import marked

MAX_EXPONENT = 700.0  # of e in double precision
_UNREAL = (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I)


@bounded_in_time
def to_sympy(equation: Equation) -> sympy.Expr:
    """The template as a SymPy expression of real symbols.

    InputError where it divides by zero, is not real, or holds numbers too large to be worked with.
    """
    require_numbers(equation.expression)
    symbols = {name: symbol(name) for name in equation.expression.names}
    expression = equation.expression.fold(symbols, _function, _number)
    return _real(expression.replace(lambda node: node.is_Pow and node.exp.is_Float, _with_exact_power))


def symbol(name: str) -> sympy.Symbol:
    """A name as the symbol that stands for it in every expression."""
    return sympy.Symbol(name, real=True)


def _function(name: str) -> Callable[[sympy.Expr], sympy.Expr]:
    return _exponential if name == "exp" else getattr(sympy, name)


def _exponential(argument: sympy.Expr) -> sympy.Expr:
    """exp, but of numbers whose exponential is none in double precision; SymPy takes exp(2*log(x)) for x**2, so that
    the same bound holds as for a power that is written as one."""

    def refuse() -> None:
        raise InputError(f"equation: 'exp({str(argument)[:60]})' is no finite number, or a power above {MAX_POWER}.")

    if argument.is_number and not abs(complex(argument)) <= MAX_EXPONENT:
        refuse()
    powers = [part for part in sympy.Add.make_args(argument) if part.has(sympy.log)]
    if not _small(number for part in powers for number in part.atoms(sympy.Number)):
        refuse()
    value = sympy.exp(argument)
    if not _small(power.exp for power in value.atoms(sympy.Pow)):
        refuse()
    return value


def _small(exponents: Iterable[sympy.Expr]) -> bool:
    return all(abs(exponent) <= MAX_POWER for exponent in exponents if exponent.is_Number)


def _number(value: float) -> sympy.Number:
    return sympy.Integer(int(value)) if value == int(value) and abs(value) < 1e15 else sympy.Float(value)


def _with_exact_power(power: sympy.Pow) -> sympy.Expr:
    """x**0.5 as sqrt(x): SymPy takes a fraction and its decimal for different powers."""
    fraction = sympy.Rational(power.exp).limit_denominator(MAX_POWER)
    return power.base ** (fraction if float(fraction) == float(power.exp) else power.exp)


def _real(expression: sympy.Expr) -> sympy.Expr:
    if expression.has(*_UNREAL):
        raise InputError(f"equation: its template, as '{expression}', divides by zero or is not real.")
    return expression


class _TemplatePrinter(StrPrinter):
    """Writes SymPy expressions as templates, numbers without loss."""

    def _print_Float(self, number: sympy.Float) -> str:
        return repr(float(number))

    def _print_Exp1(self, _number: sympy.Expr) -> str:
        return "exp(1)"

    def _print_Abs(self, absolute: sympy.Expr) -> str:
        return f"sqrt(({self._print(absolute.args[0])})**2)"


@dataclass(frozen=True)
class Term:
    """One additive term: its ``skeleton`` over the features, and the factors in front and inside of it.

    ``3*p*c1*sin(c2*x)*x`` has the skeleton ``sin(_*x)*x`` and the factors ``3*p*c1`` and ``c2``.
    """

    skeleton: str
    factors: tuple[sympy.Expr, ...]


@bounded_in_time
def terms(equation: Equation) -> tuple[Term, ...]:
    """The additive terms of the expanded template, equal ones merged, sorted by skeleton.

    A term whose skeleton is '1' has no feature in it. Terms that differ in their inner factors only, such as
    ``sin(c1*x) + sin(c2*x)``, have the skeletons ``sin(_*x)`` and ``sin(_*x) #2``.
    """
    require_terms(equation.expression)
    return terms_of(to_sympy(equation), tuple(map(symbol, equation.features)))


def terms_of(expression: sympy.Expr, features: tuple[sympy.Symbol, ...]) -> tuple[Term, ...]:
    """The same of a SymPy expression of real symbols."""
    fronts: dict[tuple[str, tuple], sympy.Expr] = {}
    for term in sympy.Add.make_args(sympy.expand(expression)):
        front, core = term.as_independent(*features, as_Add=False)
        key = _product(core, features)
        fronts[key] = fronts.get(key, sympy.Integer(0)) + front
    found, seen = [], Counter()
    for skeleton, inner in sorted((key for key, front in fronts.items() if front != 0), key=str):
        seen[skeleton] += 1
        label = skeleton if seen[skeleton] == 1 else f"{skeleton} #{seen[skeleton]}"
        found.append(Term(label, (fronts[skeleton, inner], *inner)))
    return tuple(found)


def _product(core: sympy.Expr, features: tuple[sympy.Symbol, ...]) -> tuple[str, tuple[sympy.Expr, ...]]:
    """Skeleton of a product without its front, and the factors inside, in the order of the skeleton."""
    pieces = sorted((_piece(factor, features) for factor in sympy.Mul.make_args(core)), key=str)
    return "*".join(text for text, _ in pieces), tuple(factor for _, inner in pieces for factor in inner)


def _piece(factor: sympy.Expr, features: tuple[sympy.Symbol, ...]) -> tuple[str, tuple[sympy.Expr, ...]]:
    """Skeleton of one factor, and the factors inside of its function, sum or root."""
    base, power = (factor, sympy.Integer(1)) if isinstance(factor, sympy.exp) else factor.as_base_exp()
    text, inner = str(base), ()
    if not base.is_Atom:
        name, content = (type(base).__name__, base.args[0]) if isinstance(base, sympy.Function) else ("", base)
        inside = terms_of(content, features)
        text = f"{name}({' + '.join(f'_*{term.skeleton}' for term in inside)})"
        inner = tuple(value for term in inside for value in term.factors)
    return (text if power == 1 else f"{text}**{power}"), inner


def same_structure(one: Equation, other: Equation) -> bool:
    """Whether both have the same terms, whatever the coefficients, their names and the form of the template."""
    if "unread" in (one.status, other.status) or set(one.features) != set(other.features):
        return False
    return [term.skeleton for term in terms(one)] == [term.skeleton for term in terms(other)]


def as_expression(expression: sympy.Expr) -> Expression:
    """A SymPy expression as one that can be evaluated and written as a template, numbers without loss."""
    return Expression(_TemplatePrinter().doprint(expression))


@bounded_in_time
def simplified(equation: Equation) -> Equation:
    """Without the terms whose coefficient is zero at every parameter, and without unused coefficients."""
    zero = {symbol(name): 0 for name, coefficient in equation.coefficients.items() if _is_zero(coefficient)}
    expression = as_expression(_real(to_sympy(equation).subs(zero)))
    kept = {name: coefficient for name, coefficient in equation.coefficients.items() if name in expression.names}
    return dataclasses.replace(equation, template=expression.text, coefficients=kept)


def _is_zero(coefficient: Coefficient) -> bool:
    return not np.any(coefficient.value if isinstance(coefficient, Constant) else coefficient.values)


@bounded_in_time
def to_text(equation: Equation, parameter: float | None = None, digits: int = 4) -> str:
    """One line for people; with a parameter value the coefficients are numbers. It says so where data do not support
    the equation."""
    return marked(f"{equation.target} = {_filled(equation, parameter, digits)}", equation.verdict)


@bounded_in_time
def to_latex(equation: Equation, parameter: float | None = None, digits: int = 4) -> str:
    """LaTeX of the right-hand side; with a parameter value the coefficients are numbers."""
    return sympy.latex(_filled(equation, parameter, digits))


def _filled(equation: Equation, parameter: float | None, digits: int) -> sympy.Expr:
    """The template with numbers for the coefficients that are constant, or for all at a parameter value."""
    if parameter is None:
        values = {name: value for name, c in equation.coefficients.items() if (value := _constant(c)) is not None}
    else:
        values = {SYMBOL: parameter, **equation.coefficients_at(parameter)}
    if not fit(equation.expression, values):
        parameter, values = None, {}  # SymPy would work on numbers such as sin(exp(1e99)) for ever
    numbers = {symbol(name): sympy.Float(float(value), digits) for name, value in values.items()}
    filled = to_sympy(equation).subs(numbers)
    return filled if parameter is None else filled.evalf(digits)


def _constant(coefficient: Coefficient) -> float | None:
    if isinstance(coefficient, Constant):
        return coefficient.value
    return coefficient.values[0] if len(coefficient.values) == 1 else None
