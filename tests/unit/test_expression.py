"""The whitelist parser: what it allows evaluates like NumPy, everything else is refused with one sentence."""

import builtins
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from unittest import mock

import numpy as np
import pytest
from eqlearn.errors import InputError
from eqlearn.expression import FUNCTIONS, MAX_DEPTH, MAX_LENGTH, MAX_POWER, Expression
from hypothesis import given, settings
from hypothesis import strategies as st

VALUES = {"x": np.array([-2.0, 0.5, 3.0]), "y": np.array([[1.0], [0.25]]), "c1": np.float64(-1.5)}
SECONDS = 1.0  # far above the milliseconds that any text takes


@dataclass(frozen=True)
class Tree:
    """An expression as text, its value computed without the parser, and the product of its powers."""

    text: str
    value: Callable[[], np.ndarray]
    power: float = 1.0


def _binary(operator: str, left: Tree, right: Tree) -> Tree:
    apply = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[operator]
    text = f"({left.text}{operator}{right.text})"
    return Tree(text, lambda: apply(left.value(), right.value()), max(left.power, right.power))


def _power(base: Tree, exponent: tuple[str, float]) -> Tree:
    text, value = exponent
    return Tree(f"({base.text}) ** {text}", lambda: base.value() ** value, base.power * max(1.0, abs(value)))


def _call(name: str, argument: Tree) -> Tree:
    return Tree(f"{name}({argument.text})", lambda: getattr(np, name)(argument.value()), argument.power)


def _negative(tree: Tree) -> Tree:
    return Tree(f"-({tree.text})", lambda: -tree.value(), tree.power)


NUMBERS = st.floats(0, 1e6) | st.integers(0, 1000)
LEAVES = st.one_of(
    st.sampled_from(sorted(VALUES)).map(lambda name: Tree(name, lambda: VALUES[name])),
    NUMBERS.map(lambda number: Tree(repr(number), lambda: np.float64(number))),
)
EXPONENTS = st.sampled_from(
    [("2", 2), ("3.0", 3), ("-1", -1), ("0.5", 0.5), ("(1/2)", 0.5), ("(-3/2)", -1.5), ("0", 0)]
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(_binary, st.sampled_from("+-*/"), inner, inner),
        st.builds(_power, inner, EXPONENTS),
        st.builds(_call, st.sampled_from(FUNCTIONS), inner),
        st.builds(_negative, inner),
    ),
    max_leaves=12,
).filter(lambda tree: tree.power <= MAX_POWER)


def refusal(text: object) -> str:
    """The message with which the text is refused; it is one sentence on one line, and fits any terminal."""
    with pytest.raises(InputError) as caught:
        Expression(text)
    message = str(caught.value)
    assert message.startswith("expression") and message.endswith(".") and "\n" not in message
    assert len(message) < 300 and message.encode()
    return message


@settings(deadline=None)
@given(TREES)
def test_an_allowed_expression_evaluates_like_numpy(tree):
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(Expression(tree.text).evaluate(VALUES), tree.value())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7.0),
        ("2 - 3 - 4", -5.0),
        ("8 / 4 / 2", 1.0),
        ("-2 ** 2", -4.0),
        ("2 ** -1", 0.5),
        ("2 * 3 ** 2", 18.0),
        ("+x", 3.0),
        ("- - x", 3.0),
        ("4 ** (1/2)", 2.0),
        ("4 ** (-3/2)", 0.125),
        ("x ** (4/2)", 9.0),
        ("  x\t*\t2 ", 6.0),
        ("(x\n+ 1)", 4.0),
        ("1e-3 * 1_000", 1.0),
        ("sin", None),
        ("x * sign(0 - x)", -3.0),
    ],
)
def test_precedence_and_spelling_are_those_of_python(text, value):
    if value is None:
        assert "needs an argument" in refusal(text)
    else:
        assert Expression(text).evaluate({"x": np.float64(3)}) == value


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_that_of_numpy(name):
    x = np.linspace(0.1, 2, 7)
    np.testing.assert_array_equal(Expression(f"{name}(x)").evaluate({"x": x}), getattr(np, name)(x))


@pytest.mark.parametrize(("text", "value"), [("1 / 0", np.inf), ("0 ** -1", np.inf), ("(0 - 8) ** (1/3)", np.nan)])
def test_numbers_alone_follow_numpy_where_python_would_raise_or_turn_complex(text, value):
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(Expression(text).evaluate({}), value)


def test_values_are_broadcast():
    value = Expression("x + y").evaluate({"x": np.arange(3.0), "y": np.arange(2.0)[:, None]})
    np.testing.assert_array_equal(value, [[0, 1, 2], [1, 2, 3]])


@pytest.mark.parametrize(
    ("text", "names"),
    [("c1*sin(c2*x) + p", {"c1", "c2", "x", "p"}), ("1 + 2", set()), ("x*x - x", {"x"}), ("exp(exp(u_x))", {"u_x"})],
)
def test_names_are_all_names_but_those_of_functions(text, names):
    assert Expression(text).names == names


def test_fold_takes_any_algebra():
    square = np.polynomial.Polynomial([0.0, 1.0])
    folded = Expression("(x + 1)**2 - 2*x").fold({"x": square}, lambda name: getattr(np, name), float)
    np.testing.assert_array_equal(folded.coef, [1, 0, 1])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x.real", "Attribute"),
        ("().__class__", "Attribute"),
        ("abs(x)", "Call"),
        ("open('file')", "Call"),
        ("__import__('os')", "Call"),
        ("x(1)", "Call"),
        ("sin(x)(x)", "Call"),
        ("np.sin(x)", "Call"),
        ("sin(x, x)", "Call"),
        ("sin()", "Call"),
        ("sin(x=x)", "Call"),
        ("sin(x, x=x)", "Call"),
        ("sin(x, **x)", "Call"),
        ("sin(**x)", "Call"),
        ("sin(*x)", "Starred"),
        ("*x", "cannot be read"),
        ("lambda: x", "Lambda"),
        ("[x for x in y]", "ListComp"),
        ("{x for x in y}", "SetComp"),
        ("sin(x for x in y)", "GeneratorExp"),
        ("[x]", "List"),
        ("(x,)", "Tuple"),
        ("{x: y}", "Dict"),
        ("x[0]", "Subscript"),
        ("x[0:1]", "Subscript"),
        ("(x := 1)", "NamedExpr"),
        ("x < y", "Compare"),
        ("x == y", "Compare"),
        ("x and y", "BoolOp"),
        ("not x", "UnaryOp"),
        ("~x", "UnaryOp"),
        ("x if y else x", "IfExp"),
        ("x // y", "BinOp"),
        ("x % y", "BinOp"),
        ("x @ y", "BinOp"),
        ("x | y", "BinOp"),
        ("x << y", "BinOp"),
        ("await x", "Await"),
        ("f'{x}'", "JoinedStr"),
        ("'x'", "real number"),
        ("b'x'", "real number"),
        ("1j", "real number"),
        ("True", "real number"),
        ("None", "real number"),
        ("...", "real number"),
        ("1e400", "real number"),
        ("1e100", "real number"),
        ("1" * 101, "real number"),
        ("0x" + "f" * 19_000, "real number"),
        ("1" * 19_000, "cannot be read"),
        ("x ** y", "exponent"),
        ("x ** x", "exponent"),
        ("x ** 65", "exponent"),
        ("x ** 1e400", "exponent"),
        ("x ** 1j", "exponent"),
        ("x ** True", "exponent"),
        ("x ** '2'", "exponent"),
        ("x ** (1/0)", "exponent"),
        ("x ** (1/5e-324)", "exponent"),
        ("x ** (1/'2')", "exponent"),
        ("x ** sin(2)", "exponent"),
        ("2 ** 2 ** 2", "exponent"),
        ("9 ** 9 ** 9 ** 9", "exponent"),
        ("x ** " + "-" * 800 + "2", "exponent"),
        ("(x ** 9) ** 9", "powers multiply to 81"),
        ("sin((x ** 9)) ** 9", "powers multiply to 81"),
        ("", "cannot be read"),
        ("   ", "cannot be read"),
        ("# x", "cannot be read"),
        ("x +", "cannot be read"),
        ("(x", "cannot be read"),
        ("x y", "cannot be read"),
        ("2x", "cannot be read"),
        ("x = 1", "cannot be read"),
        ("x; y", "cannot be read"),
        ("x\ny", "cannot be read"),
        ("import os", "cannot be read"),
        ("yield x", "cannot be read"),
        ("x\0", "cannot be read"),
        ("x²", "cannot be read"),
        ("x − y", "cannot be read"),
        ("x · y", "cannot be read"),
        ("“x”", "cannot be read"),
        ("x\u200b", "cannot be read"),
        ("\ud800", "cannot be read"),
        ("(" * 250 + "x" + ")" * 250, "cannot be read"),
        ("-" * (MAX_DEPTH + 1) + "x", "nested deeper"),
        ("+".join("x" * (MAX_DEPTH + 2)), "nested deeper"),
        ("-" * 9_000 + "x", "cannot be read"),
        ("x" * (MAX_LENGTH + 1), "at most 20000 characters"),
        (" " * MAX_LENGTH + "x", "at most 20000 characters"),
        (None, "must be text"),
        (3.5, "must be text"),
        (["x"], "must be text"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_everything_else_is_refused_with_one_sentence(text, found):
    assert found in refusal(text)


@pytest.mark.parametrize(
    ("text", "name"), [("ﬁ", "fi"), ("𝐱", "x"), ("K", "K"), ("ｓｉｎ(x)", "x")], ids=lambda value: ascii(value)
)
def test_look_alike_letters_are_the_plain_ones(text, name):
    assert Expression(text).names == {name}


@pytest.mark.parametrize("size", [MAX_DEPTH, 2])
def test_a_sum_up_to_the_depth_limit_evaluates(size):
    assert Expression("+".join(["x"] * size)).evaluate({"x": np.float64(1)}) == size


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9",
        "(" * 10_000,
        "-" * 20_000,
        "x**" * 6_000 + "2",
        "sin(" * 4_000 + "x" + ")" * 4_000,
        "1_" * 9_000 + "1",
        "x+" * 9_999 + "x",
        "(x**64)" + "*(x**64)" * 250,
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_text_takes_no_time(text):
    start = time.perf_counter()
    with contextlib.suppress(InputError):
        Expression(text).evaluate({"x": np.float64(1)})
    assert time.perf_counter() - start < SECONDS


@pytest.mark.parametrize(
    "call", ["open({0!r}, 'w')", "__import__('pathlib').Path({0!r}).touch()", "[open({0!r}, 'w')]"]
)
@pytest.mark.parametrize(
    "frame", ["{}", "sin({})", "x + {}", "x ** {}", "(lambda: {})()", "f'{{{}}}'", "[{} for x in y]"]
)
def test_nothing_is_executed(tmp_path, call, frame):
    marker = tmp_path / "executed"
    refusal(frame.format(call.format(str(marker))))
    assert not marker.exists()


SIGNS = """( ( ) ) [ ] , . + - * ** / // % 1 64 .5 1e9 0x _ ' " \\ f' := = < : { } lambda for in if else not is ﬁ"""
PIECES = st.sampled_from([*FUNCTIONS, *SIGNS.split(), "x", "p", " ", "\n", "\0"])


@settings(max_examples=400, deadline=1000 * SECONDS)
@given(st.text(max_size=80) | st.lists(PIECES, max_size=30).map("".join))
def test_arbitrary_text_is_accepted_or_refused_and_never_run(text):
    forbidden = mock.Mock(side_effect=AssertionError("a text was run"))
    with mock.patch.object(builtins, "eval", forbidden), mock.patch.object(builtins, "exec", forbidden):
        try:
            expression = Expression(text)
        except InputError as error:
            assert "\n" not in str(error) and str(error).endswith(".")
            return
        with np.errstate(all="ignore"):
            assert np.shape(expression.evaluate(dict.fromkeys(expression.names, np.float64(0.5)))) == ()
