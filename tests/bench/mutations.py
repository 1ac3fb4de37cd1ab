"""Single-line changes of a source text that could be mistakes, and the draw of some of them by module.

Names, imports, annotations, decorators, texts and what is raised or formatted stay as they are.
"""

import ast
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SEED = 0
OPERATORS = {
    ast.Add: ("+", ["-"]),
    ast.Sub: ("-", ["+"]),
    ast.Mult: ("*", ["/"]),
    ast.Div: ("/", ["*"]),
    ast.FloorDiv: ("//", ["/"]),
    ast.Mod: ("%", ["//"]),
    ast.Pow: ("**", ["*"]),
    ast.Lt: ("<", ["<=", ">"]),
    ast.LtE: ("<=", ["<", ">="]),
    ast.Gt: (">", [">=", "<"]),
    ast.GtE: (">=", [">", "<="]),
    ast.Eq: ("==", ["!="]),
    ast.NotEq: ("!=", ["=="]),
    ast.In: ("in", ["not in"]),
    ast.Is: ("is", ["is not"]),
    ast.NotIn: ("not in", ["in"]),
    ast.IsNot: ("is not", ["is"]),
    ast.And: ("and", ["or"]),
    ast.Or: ("or", ["and"]),
    ast.BitAnd: ("&", ["|"]),
    ast.BitOr: ("|", ["&"]),
}
PAIRS = "min max, argmin argmax, minimum maximum, sum mean, nansum nanmean, std var, any all, floor ceil, mean median"
PAIRS += ", zeros ones, sin cos, append extend, nanmin nanmax, logical_and logical_or, first last"
TWINS = {a: b for pair in PAIRS.split(", ") for a, b in (pair.split(), pair.split()[::-1])} | {"mean": "sum"}
UNARY = {"sqrt", "abs", "log", "exp", "square", "sorted", "reversed", "ravel", "cumsum", "log1p", "expm1", "tanh"}
UNLIKE = ast.Constant, ast.Starred, ast.JoinedStr, ast.Tuple, ast.List, ast.Dict, ast.Lambda  # not taken for another
TELLING = {"axis", "ddof", "keepdims", "side", "mode", "right", "left", "initial", "weights", "key", "default", "rcond"}


@dataclass(frozen=True)
class Mutant:
    """``line`` (from 1) of a module, before and after."""

    module: str
    line: int
    before: str
    after: str

    @property
    def change(self) -> str:
        """What identifies it beside the module, wherever the line stands."""
        return f"{self.before.strip()} -> {self.after.strip()}"

    def applied(self, source: str) -> str:
        """The changed source."""
        lines = source.splitlines(keepends=True)
        assert lines[self.line - 1].rstrip("\n") == self.before
        lines[self.line - 1] = self.after + "\n"
        return "".join(lines)


class Changes(ast.NodeVisitor):
    """Collects (first character, last, replacement) of a source: offsets into its bytes, on one line each."""

    def __init__(self, source: str) -> None:
        self.bytes, self.found = source.encode(), []
        self.starts = [0]
        for line in self.bytes.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.visit(ast.parse(source))

    def span(self, node: ast.AST) -> tuple[int, int]:
        begin, end = self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1]
        return begin, end + node.end_col_offset

    def text(self, node: ast.AST) -> str:
        begin, end = self.span(node)
        return self.bytes[begin:end].decode()

    def replace(self, node: ast.AST, *texts: str) -> None:
        self.found += [(*self.span(node), text) for text in texts]

    def between(self, left: ast.AST, right: ast.AST, operator: ast.AST) -> None:
        """Other operators between two operands."""
        old, new = OPERATORS.get(type(operator), ("", []))
        begin = self.bytes.find(old.encode(), self.span(left)[1], self.span(right)[0])
        if old and begin >= 0:
            self.found += [(begin, begin + len(old), text) for text in new]

    def ignored(self, node: ast.AST) -> None:
        """Not looked into."""

    visit_Import = visit_ImportFrom = visit_JoinedStr = visit_Global = ignored

    def visit_Raise(self, node: ast.Raise) -> None:
        self.replace(node, "pass")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in [*node.args.defaults, *filter(None, node.args.kw_defaults), *node.body]:
            self.visit(part)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in node.body:
            self.visit(part)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.replace(node, "pass")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.between(node.target, node.value, node.op)
        self.replace(node, "pass")
        self.visit(node.value)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self.between(node.left, node.right, node.op)
        self.replace(node, self.text(node.left))
        if not isinstance(node.op, (ast.Pow, ast.Div, ast.Mod, ast.FloorDiv)):
            self.replace(node, self.text(node.right))
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, operator, right in zip([node.left, *node.comparators], node.ops, node.comparators):
            self.between(left, right, operator)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.between(node.values[0], node.values[1], node.op)
        self.replace(node, *(self.text(value) for value in node.values))
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if not isinstance(node.op, ast.UAdd):
            self.replace(node, self.text(node.operand))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.replace(node, str(not node.value))
        elif isinstance(node.value, int):
            self.replace(node, str(node.value + 1), *([str(node.value - 1)] if node.value else []))
        elif isinstance(node.value, float):
            self.replace(node, repr(node.value * 2 or 1.0), repr(node.value / 10 or -1.0))

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "warn":
            return
        if name in TWINS and (begin := self.span(node.func)[1] - len(name)):
            self.found.append((begin, begin + len(name), TWINS[name]))
        if name in UNARY and node.args:
            self.replace(node, self.text(node.args[0]))
        if name not in TWINS and len(node.args) == 2 and not any(isinstance(a, UNLIKE) for a in node.args):
            first, second = node.args
            self.found.append((self.span(first)[0], self.span(second)[1], f"{self.text(second)}, {self.text(first)}"))
        for keyword in node.keywords:
            if keyword.arg in TELLING:
                begin, end = self.span(keyword)
                before = self.bytes[:begin].rstrip()
                self.found.append((len(before) - 1 if before.endswith(b",") else begin, end, ""))
        self.generic_visit(node)

    def conditional(self, node: ast.AST) -> None:
        self.replace(node.test, f"not ({self.text(node.test)})")
        self.generic_visit(node)

    visit_If = visit_While = visit_IfExp = visit_Assert = conditional

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self.replace(test, "True")
        self.generic_visit(node)


@dataclass(frozen=True)
class Module:
    """A module and its mutants."""

    name: str
    source: str

    @cached_property
    def changes(self) -> dict[int, list[str]]:
        """Changed lines by the number of the line, from 1."""
        changes, found = Changes(self.source), {}
        for begin, end, text in changes.found:
            if b"\n" not in changes.bytes[begin:end] and "\n" not in text:
                number = changes.bytes[:begin].count(b"\n") + 1
                changed = changes.bytes[changes.starts[number - 1] : begin] + text.encode()
                changed += changes.bytes[end : changes.starts[number]]
                found.setdefault(number, []).append(changed.decode().rstrip())
        return found

    def drawn(self, count: int) -> list[Mutant]:
        """One mutant each of ``count`` lines. The order depends on the seed, the module's name and the lines alone, so
        that an edit moves no draw but its own."""
        lines, found = self.source.splitlines(), {}
        for number in sorted(self.changes, key=lambda number: self.digest(lines[number - 1])):
            for changed in sorted(self.changes[number], key=self.digest):
                mutant = Mutant(self.name, number, lines[number - 1], changed)
                if len(found) < count and mutant.change not in found and self.differs(mutant):
                    found[mutant.change] = mutant
                    break
        return list(found.values())

    def differs(self, mutant: Mutant) -> bool:
        """Whether a mutant is Python, and another program."""
        try:
            return ast.dump(ast.parse(mutant.applied(self.source))) != ast.dump(ast.parse(self.source))
        except SyntaxError:
            return False

    def digest(self, text: str) -> str:
        return hashlib.sha256(f"{SEED}\0{self.name}\0{text}".encode()).hexdigest()


def draw(package: Path, count: int) -> list[Mutant]:
    """Mutants of the package outside networks/, and of networks/reading.py, by module in proportion to the lines that
    can be mutated, one at least."""
    paths = sorted(p for p in package.rglob("*.py") if p.parent.name != "networks" or p.name == "reading.py")
    modules = [Module(p.relative_to(package).as_posix(), p.read_text(encoding="utf-8")) for p in paths]
    sizes = {module: len(module.changes) for module in modules if module.changes}
    free, total = count - len(sizes), sum(sizes.values()) - len(sizes)
    shares = {module: 1 + free * (size - 1) // total for module, size in sizes.items()}
    remainders = sorted(sizes, key=lambda module: -(free * (sizes[module] - 1) % total))
    for module in remainders[: count - sum(shares.values())]:
        shares[module] += 1
    return [mutant for module, share in shares.items() for mutant in module.drawn(share)]
