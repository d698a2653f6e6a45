"""Expressions in x and y: text parsed with Python's ``ast`` and turned into numpy operations.

Every node of the syntax tree has to be in one of the tables below; nothing is ever evaluated as code.
Everything is float64, so that ``9**9**9`` is an infinity at once, and truth values are 1 and 0. What is
undefined (0/0, the logarithm of a negative number) is NaN and stays so through comparisons:
``log(x) > 0`` is neither true nor false where x < 0.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Operation = Callable[..., Array]
Compiled = Callable[[Array, Array], Array]

MOST_NODES = 100  # of the syntax tree: numbers, names, operations


class FormulaError(ValueError):
    """A formula that is none: ``str(error)`` is one sentence with the position in the text, counted from 1."""


def _both(a: Array, b: Array) -> Array:
    return np.where((a == 0) | (b == 0), 0.0, a * b)


def _either(a: Array, b: Array) -> Array:
    return 1 - _both(1 - a, 1 - b)


def _comparison(compare: Callable[[Array, Array], NDArray[np.bool_]]) -> Operation:
    return lambda a, b: np.where(np.isnan(a) | np.isnan(b), np.nan, compare(a, b))


def _smallest(*values: Array) -> Array:
    return np.minimum.reduce(np.broadcast_arrays(*values))


def _largest(*values: Array) -> Array:
    return np.maximum.reduce(np.broadcast_arrays(*values))


CONSTANTS = {"pi": np.pi, "e": np.e}
NAMES = ("x", "y", *CONSTANTS)

# name: (function, fewest arguments, most arguments)
FUNCTIONS: dict[str, tuple[Operation, int, int]] = {
    "sin": (np.sin, 1, 1),
    "cos": (np.cos, 1, 1),
    "tan": (np.tan, 1, 1),
    "asin": (np.arcsin, 1, 1),
    "acos": (np.arccos, 1, 1),
    "atan": (np.arctan, 1, 1),
    "atan2": (np.arctan2, 2, 2),
    "sinh": (np.sinh, 1, 1),
    "cosh": (np.cosh, 1, 1),
    "tanh": (np.tanh, 1, 1),
    "exp": (np.exp, 1, 1),
    "log": (np.log, 1, 1),
    "log2": (np.log2, 1, 1),
    "log10": (np.log10, 1, 1),
    "sqrt": (np.sqrt, 1, 1),
    "abs": (np.abs, 1, 1),
    "floor": (np.floor, 1, 1),
    "ceil": (np.ceil, 1, 1),
    "round": (np.round, 1, 1),
    "sign": (np.sign, 1, 1),
    "hypot": (np.hypot, 2, 2),
    "min": (_smallest, 2, 8),
    "max": (_largest, 2, 8),
}

OPERATORS: dict[type[ast.AST], Operation] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.mod,
    ast.Pow: np.power,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
    ast.Not: lambda a: 1 - a,
    ast.And: _both,
    ast.Or: _either,
    ast.Lt: _comparison(np.less),
    ast.LtE: _comparison(np.less_equal),
    ast.Gt: _comparison(np.greater),
    ast.GtE: _comparison(np.greater_equal),
    ast.Eq: _comparison(np.equal),
    ast.NotEq: _comparison(np.not_equal),
}


@dataclass(frozen=True)
class Expression:
    """An expression that was read.

    Attributes:
        is_truth: whether it is true or false, rather than a number.
        compute: ``(x, y) -> values``; a number where the expression has neither x nor y.
    """

    is_truth: bool
    compute: Compiled


def read_expression(text: str, start: int = 0) -> Expression:
    """Read an expression that begins ``start`` characters into the text that errors count in.

    Raises:
        FormulaError: for anything but numbers, names, operations and functions of the tables.

    >>> float(read_expression("hypot(x, y) + 1").compute(np.array(3.0), np.array(4.0)))
    6.0
    >>> read_expression("sin(pi*y) + open(x)")
    Traceback (most recent call last):
        ...
    nets.expressions.FormulaError: unknown function 'open' at character 13; there are sin, cos, tan, ...
    """
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        place = start + min(max(error.offset or 1, 1), len(text) + 1)
        why = "equality is written ==" if text[place - start - 1 :].startswith("=") else error.msg
        raise FormulaError(f"this cannot be read at character {place}: {why}") from None
    except (ValueError, MemoryError, RecursionError):
        raise FormulaError("this cannot be read: it is nested too deeply") from None
    return Expression(_is_truth(tree), _Reader(start).read(tree))


def _is_truth(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_truth(node.body) and _is_truth(node.orelse)
    is_not = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return is_not or isinstance(node, ast.Compare | ast.BoolOp)


class _Reader:
    """Turns a syntax tree into numpy operations; counts its nodes on the way."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.nodes = 0

    def error(self, node: ast.AST, wrong: str, allowed: str) -> FormulaError:
        return FormulaError(f"{wrong} at character {self.start + getattr(node, 'col_offset', 0) + 1}; {allowed}")

    def read(self, node: ast.expr) -> Compiled:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self.error(node, "too long", f"at most {MOST_NODES} numbers, names and operations are allowed")
        read = READERS.get(type(node))
        if read is None:
            raise self.error(node, "something unexpected", "there are numbers, names, operations and functions")
        return read(self, node)

    def truth(self, node: ast.expr) -> Compiled:
        if not _is_truth(node):
            raise self.error(node, "a number", "what is wanted here is true or false, such as x > 0")
        return self.read(node)

    def operation(self, node: ast.expr, operator: ast.AST) -> Operation:
        if type(operator) not in OPERATORS:
            raise self.error(
                node, "unknown operation in what begins", "there are + - * / // % **, comparisons, and, or, not"
            )
        return OPERATORS[type(operator)]

    def constant(self, node: ast.Constant) -> Compiled:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self.error(node, "not a real number", "numbers are written 2, 0.5, 1e-3")
        return _constant(node.value)

    def name(self, node: ast.Name) -> Compiled:
        if node.id in FUNCTIONS:
            raise self.error(node, f"function {node.id} without arguments", f"write {node.id}(…)")
        if node.id not in NAMES:
            raise self.error(node, f"unknown name '{node.id}'", f"there are {', '.join(NAMES)}")
        if node.id in CONSTANTS:
            return _constant(CONSTANTS[node.id])
        return (lambda x, y: x) if node.id == "x" else (lambda x, y: y)

    def binary(self, node: ast.BinOp) -> Compiled:
        if isinstance(node.op, ast.BitXor):
            raise self.error(node, "unknown operation ^ in what begins", "powers are written **")
        return _combined(self.operation(node, node.op), self.read(node.left), self.read(node.right))

    def unary(self, node: ast.UnaryOp) -> Compiled:
        operate = self.operation(node, node.op)
        operand = self.truth(node.operand) if isinstance(node.op, ast.Not) else self.read(node.operand)
        return lambda x, y: operate(operand(x, y))

    def boolean(self, node: ast.BoolOp) -> Compiled:
        operate = self.operation(node, node.op)
        result, *others = [self.truth(value) for value in node.values]
        for other in others:
            result = _combined(operate, result, other)
        return result

    def compare(self, node: ast.Compare) -> Compiled:
        operators = [self.operation(node, operator) for operator in node.ops]
        operands = [self.read(operand) for operand in (node.left, *node.comparators)]
        pairs = zip(operators, operands, operands[1:], strict=False)
        result, *others = [_combined(operate, left, right) for operate, left, right in pairs]
        for other in others:
            result = _combined(_both, result, other)
        return result

    def conditional(self, node: ast.IfExp) -> Compiled:
        test, body, otherwise = self.truth(node.test), self.read(node.body), self.read(node.orelse)

        def choose(x: Array, y: Array) -> Array:
            is_so = test(x, y)
            return np.where(np.isnan(is_so), np.nan, np.where(is_so == 1, body(x, y), otherwise(x, y)))

        return choose

    def call(self, node: ast.Call) -> Compiled:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            raise self.error(node, f"unknown function {name!r}", f"there are {', '.join(FUNCTIONS)}")
        function, fewest, most = FUNCTIONS[name]
        if node.keywords or not fewest <= len(node.args) <= most:
            wanted = f"{fewest} to {most}" if most > fewest else str(most)
            raise self.error(node, f"{name} with {len(node.args)} arguments", f"it takes {wanted}, separated by commas")
        arguments = [self.read(argument) for argument in node.args]
        return lambda x, y: function(*[argument(x, y) for argument in arguments])


def _constant(number: float) -> Compiled:
    value = np.array(float(number))
    return lambda x, y: value


def _combined(operate: Operation, left: Compiled, right: Compiled) -> Compiled:
    return lambda x, y: operate(left(x, y), right(x, y))


READERS: dict[type[ast.AST], Callable[..., Compiled]] = {
    ast.Constant: _Reader.constant,
    ast.Name: _Reader.name,
    ast.BinOp: _Reader.binary,
    ast.UnaryOp: _Reader.unary,
    ast.BoolOp: _Reader.boolean,
    ast.Compare: _Reader.compare,
    ast.IfExp: _Reader.conditional,
    ast.Call: _Reader.call,
}
