"""Expressions read from files: a small whitelist parser, never eval or sympify on raw text.

Allowed are numbers, names, + - * /, ** with a numeric exponent, and the functions in ``FUNCTIONS``.
The same tree is folded over NumPy arrays, polynomials or SymPy symbols: one definition of every operation.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from eqlearn.errors import InputError

FUNCTIONS = ("sin", "cos", "exp", "log", "sqrt", "tanh", "sign")
MAX_LENGTH = 20_000
MAX_POWER = 64
MAX_DEPTH = 300
MAX_NUMBER = 1e100

_BINARY = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_UNARY = {ast.USub: operator.neg, ast.UAdd: operator.pos}


@dataclass(frozen=True)
class Expression:
    """A parsed expression. Raises InputError when the text holds anything but the allowed constructs."""

    text: str

    def __post_init__(self) -> None:
        _check(self.tree, self.text.strip())

    @cached_property
    def tree(self) -> ast.expr:
        """The syntax tree of the text."""
        if not isinstance(self.text, str) or len(self.text) > MAX_LENGTH:
            raise InputError(f"expression: must be text of at most {MAX_LENGTH} characters.")
        try:
            return ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            reason = getattr(error, "msg", "no text, or nested too deep").split(": ")[0]
            raise InputError(f"expression {self.text[:60]!r}: cannot be read ({reason}).") from error

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of features, parameter and coefficients that occur."""
        called = {id(node.func) for node in ast.walk(self.tree) if isinstance(node, ast.Call)}
        return frozenset(n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name) and id(n) not in called)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Value under NumPy rules; ``values`` maps every name to a NumPy number or array (broadcast)."""
        return self.fold(values, lambda name: getattr(np, name), np.float64)

    def fold(self, values: Mapping[str, Any], function: Callable[[str], Callable], number: Callable) -> Any:
        """Fold the tree over any algebra with + - * / **: NumPy arrays, polynomials, SymPy symbols."""

        def visit(node: ast.expr) -> Any:
            match node:
                case ast.Constant():
                    return number(node.value)
                case ast.Name():
                    return values[node.id]
                case ast.UnaryOp():
                    return _UNARY[type(node.op)](visit(node.operand))
                case ast.BinOp(op=ast.Pow()):
                    return visit(node.left) ** _exponent(node.right)
                case ast.BinOp():
                    return _BINARY[type(node.op)](visit(node.left), visit(node.right))
                case ast.Call():
                    return function(node.func.id)(visit(node.args[0]))
            raise AssertionError(ast.dump(node))  # _check has let through what fold does not know

        return visit(self.tree)


def _exponent(node: ast.expr) -> int | float:
    """Value of an exponent: a number or a quotient of two, with or without a minus; an int where it is whole."""
    match node:
        case ast.Constant(value=value) if type(value) in (int, float) and abs(value) <= MAX_POWER:
            return int(value) if value == int(value) else value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() | ast.BinOp(left=ast.Constant())):
            return -_exponent(node.operand)
        case ast.BinOp(op=ast.Div(), left=ast.Constant() | ast.UnaryOp(operand=ast.Constant()), right=ast.Constant()):
            above, below = _exponent(node.left), _exponent(node.right)
            if below and abs(above / below) <= MAX_POWER:
                return int(above / below) if above % below == 0 else above / below
    raise InputError(f"expression: an exponent must be a number of size at most {MAX_POWER}.")


def _check(node: ast.expr, text: str, nesting: float = 1.0, depth: int = 0) -> None:
    """Refuse every node that is not allowed; ``nesting`` is the product of the powers around it."""

    def refuse(what: str) -> None:
        raise InputError(f"expression {text[:60]!r}: {what}.")

    if depth > MAX_DEPTH:
        refuse(f"is nested deeper than {MAX_DEPTH}")
    match node:
        case ast.Constant(value=value):
            if type(value) not in (int, float) or not abs(value) < MAX_NUMBER:
                found = ast.get_source_segment(text, node) or ""
                refuse(f"{found[:20]!r} is not a real number below {MAX_NUMBER:g}")
        case ast.Name(id=name):
            if name in FUNCTIONS:
                refuse(f"'{name}' is a function and needs an argument")
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            _check(node.operand, text, nesting, depth + 1)
        case ast.BinOp(op=ast.Pow()):
            nesting *= max(1.0, abs(_exponent(node.right)))
            if nesting > MAX_POWER:
                refuse(f"powers multiply to {nesting:g}, at most {MAX_POWER} is allowed")
            _check(node.left, text, nesting, depth + 1)
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
            _check(node.left, text, nesting, depth + 1)
            _check(node.right, text, nesting, depth + 1)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
            _check(argument, text, nesting, depth + 1)
        case _:
            allowed = f"+ - * / **, numbers, names, {', '.join(FUNCTIONS)}"
            refuse(f"{type(node).__name__} is not allowed; use {allowed}")
