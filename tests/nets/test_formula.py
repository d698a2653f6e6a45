"""Data by formula: what a formula means, what is refused and where, and that nothing takes long."""

import math
import time
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from nets.datasets import by_formula, load
from nets.expressions import FUNCTIONS, MOST_NODES, FormulaError
from nets.formula import LONGEST, MOST_CLASSES, read_formula

POINTS = np.array([[-0.8, -0.3, 0.0, 0.4, 0.9], [0.7, -0.6, 0.5, 0.0, 0.2]])


def values(text: str) -> list[float]:
    """What a formula gives at five points; NaN where it is undefined."""
    return read_formula(text).values(POINTS).tolist()


def refusal(text: str) -> str:
    with pytest.raises(FormulaError) as caught:
        load(by_formula(text))
    return str(caught.value)


# Python itself, which a formula is never given to, says what these mean.
MEANINGS = [
    "1 + 2*x - y/4",
    "-x**2 + +y",
    "(x - y) // 0.3",
    "(x + 2) % 0.7 - y % -0.4",
    "2**x**2",
    "sin(3*x) * cos(y) + tan(x)",
    "exp(x) - log(2 + y) + sqrt(1 + x)",
    "asin(x) + acos(y) + atan(x*y)",
    "atan2(y, x) + hypot(x, y)",
    "sinh(x) + cosh(y) - tanh(3*x)",
    "log2(2 + x) + log10(2 + y)",
    "abs(x) + floor(3*x) - ceil(3*y)",
    "min(x, y, 0.1) + max(x, y)",
    "pi * x + e * y",
    "x if x > y else y if y > 0 else -1",
    "(x > 0) + 2*(y > 0)",
    "1e-3 + 0.5 + .25 + 1_000",
    "round(3*x)",
]
TRUTHS = [
    "x*y > sin(3*x)",
    "x < y",
    "x <= 0",
    "y >= 0.5",
    "x == 0.4",
    "x != 0.4",
    "-0.5 < x < y < 0.9",
    "x > 0 and y > 0",
    "x > 0 or y > 0 or x < -0.5",
    "not x > 0",
    "not (x > 0 or y > 0) and x < 1",
    "(x > 0) == (y > 0)",
    "x > 0 if y > 0 else x < 0",
]
PYTHON = {name: getattr(math, name) for name in FUNCTIONS if hasattr(math, name)} | {"pi": math.pi, "e": math.e}


def in_python(text: str) -> list[float]:
    return [float(eval(text, PYTHON, {"x": x, "y": y})) for x, y in POINTS.T.tolist()]


@pytest.mark.parametrize("text", MEANINGS)
def test_a_value_is_what_python_computes(text: str) -> None:
    assert values(f"target = {text}") == pytest.approx(in_python(text), rel=1e-12)


@pytest.mark.parametrize("text", TRUTHS)
def test_what_is_true_is_class_1_and_what_is_false_is_class_0(text: str) -> None:
    assert values(f"class = {text}") == in_python(text)


def test_sign_is_that_of_the_number() -> None:
    assert values("target = sign(x)") == [-1, -1, 0, 1, 1]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_takes_numbers_and_gives_numbers(name: str) -> None:
    arguments = ", ".join(["x/2 + 0.5"] * FUNCTIONS[name][1])
    assert np.isfinite(values(f"target = {name}({arguments})")).any()


def test_signs_of_typeset_mathematics_are_understood() -> None:
    assert values("target = 2·x − 3×y") == values("target = 2*x - 3*y")


# What is undefined.


@pytest.mark.parametrize(
    ("text", "undefined"),
    [
        ("target = log(x)", [True, True, True, False, False]),
        ("target = x / x", [False, False, True, False, False]),
        ("class = log(x) > -1", [True, True, False, False, False]),
        ("class = not sqrt(x) > 2", [True, True, False, False, False]),
        ("class = sqrt(x) > 0 and y < 0", [False, True, False, False, False]),
        ("class = x > 0 and sqrt(x) > 0.5", [False] * 5),
        ("class = x < 0 or sqrt(x) > 0.5", [False] * 5),
        ("class = 1 if sqrt(x) > 0.5 else 0", [True, True, False, False, False]),
        ("target = 1e7 * x", [True, True, False, True, True]),
    ],
)
def test_what_is_undefined_stays_so_unless_it_does_not_matter(text: str, undefined: list[bool]) -> None:
    assert np.isnan(values(text)).tolist() == undefined


def test_points_where_a_formula_is_undefined_are_left_out_and_drawn_anew() -> None:
    data = load(by_formula("target = log(x)", n=500))
    assert data.points.shape == (2, 500)
    assert data.points[0].min() > 0
    np.testing.assert_allclose(data.targets, np.log(data.points[0]))


def test_a_formula_that_is_undefined_everywhere_says_so() -> None:
    assert refusal("target = log(x - 2)").startswith("undefined nearly everywhere: of 16000 points")
    assert "undefined nearly everywhere" in refusal("target = 1e308**9 * x")


# The data.


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("class = x > 0", 2),
        ("class = x > 5", 2),
        ("class = (x > 0) + 2*(y > 0)", 4),
        ("class = floor(3*(x + 1)) % 6", 6),
        ("class = 2 if x > 0 else y > 0", 3),
        ("target = x", 0),
    ],
)
def test_classes_are_counted(text: str, classes: int) -> None:
    spec = by_formula(text)
    assert spec.classes == classes
    assert load(spec).targets.max() < max(classes, 2)


def test_points_are_spread_evenly_over_the_square_and_have_the_class_of_where_they_are() -> None:
    data = load(by_formula("class = x*y > sin(3*x)", n=4000))
    assert np.abs(data.points).max() <= 1
    quarters = [np.count_nonzero((data.points[0] > a) & (data.points[1] > b)) for a in (-1, 0) for b in (-1, 0)]
    assert quarters == pytest.approx([4000, 2000, 2000, 1000], rel=0.1)
    x, y = data.points
    np.testing.assert_array_equal(data.targets, x * y > np.sin(3 * x))


def test_noise_moves_the_point_once_its_class_is_decided_or_changes_the_value() -> None:
    clean, noisy = (load(by_formula("class = x > 0", n=2000, noise=noise)) for noise in (0.0, 0.1))
    np.testing.assert_array_equal(clean.targets, noisy.targets)
    assert (noisy.points - clean.points).std() == pytest.approx(0.1, rel=0.05)
    clean, noisy = (load(by_formula("target = x", n=2000, noise=noise)) for noise in (0.0, 0.1))
    np.testing.assert_array_equal(clean.points, noisy.points)
    assert (noisy.targets - clean.targets).std() == pytest.approx(0.1, rel=0.05)


def test_balance_thins_out_the_later_classes() -> None:
    spec = by_formula("class = x > 0", n=4000)
    targets = load(replace(spec, balance=0.2)).targets
    assert np.count_nonzero(targets == 1) / np.count_nonzero(targets == 0) == pytest.approx(0.2, rel=0.15)


def test_the_same_spec_gives_the_same_bytes_and_another_seed_others() -> None:
    spec = by_formula("class = x > 0")
    first = load(spec).points.tobytes()
    load.cache_clear()
    assert load(spec).points.tobytes() == first
    assert load(replace(spec, seed=2)).points.tobytes() != first


# What is refused, and where.


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "begins with 'class =' or 'target ='"),
        ("x > 0", "begins with 'class =' or 'target ='"),
        ("class == 3", "begins with 'class =' or 'target ='"),
        ("class =", "nothing follows the = at character 7"),
        ("class = z > 0", "unknown name 'z' at character 9; there are x, y, pi, e"),
        ("class = x > z", "unknown name 'z' at character 13; there are x, y, pi, e"),
        ("  target = 2*xx", "unknown name 'xx' at character 14"),
        ("class = x = y", "cannot be read at character 11: equality is written =="),
        ("class = x > 0)", "cannot be read at character 14"),
        ("class = (x > 0", "cannot be read at character 9"),
        ("target = 2x", "cannot be read at character 10"),
        ("target = x +", "cannot be read at character 1"),
        ("class = x^2 > y", "unknown operation ^ in what begins at character 9; powers are written **"),
        ("class = x is y", "unknown operation in what begins at character 9"),
        ("class = x in y", "unknown operation in what begins at character 9"),
        ("target = ~x", "unknown operation in what begins at character 10"),
        ("target = x | y", "unknown operation in what begins at character 10"),
        ("target = x.real", "something unexpected at character 10"),
        ("target = (x, y)", "something unexpected at character 10"),
        ("target = sin(*x)", "something unexpected at character 14"),
        ("target = open(x)", "unknown function 'open' at character 10; there are sin, cos"),
        ("target = __import__(x)", "unknown function '__import__'"),
        ("target = x.__class__()", "unknown function ''"),
        ("target = (x)(y)", "unknown function 'x'"),
        ("target = 1 + sin", "function sin without arguments at character 14; write sin(…)"),
        ("target = max(x)", "max with 1 arguments at character 10; it takes 2 to 8, separated by commas"),
        ("target = sin(x, y)", "sin with 2 arguments at character 10; it takes 1"),
        ("target = min(a=x)", "min with 0 arguments"),
        ("class = x and y > 0", "a number at character 9; what is wanted here is true or false"),
        ("class = not x", "a number at character 13"),
        ("target = 1 if x else 2", "a number at character 15"),
        ("target = 3j", "not a real number at character 10"),
        ("target = True", "not a real number at character 10"),
        ("target = 'x'", 'unexpected "\'" at character 10'),
        ("target = x[0]", "unexpected '[' at character 11"),
        ("target = lambda: x", "unexpected ':' at character 16"),
        ("target = x; y", "unexpected ';' at character 11"),
        ("target = x\n+ y", r"unexpected '\n' at character 11"),
        ("target = π * x", "unexpected 'π' at character 10"),
        ("target = \0", r"unexpected '\x00' at character 10"),
        ("target = \ud800", r"unexpected '\ud800' at character 10"),
        ("class = 2*x", "a class is true or false, or a whole number from 0 to 5; at x = -1, y = -1 this one is -2"),
        ("class = x/3 + 0.5", "a whole number from 0 to 5; at x = -1, y = -1 this one is 0.166667"),
        ("class = floor(4*x + 4)", "a whole number from 0 to 5"),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(text: str, message: str) -> None:
    assert message in refusal(text)


def test_the_length_is_limited_in_characters_and_in_operations() -> None:
    assert read_formula("target = x".ljust(LONGEST))
    assert f"at most {LONGEST} characters; this one has {LONGEST + 1}" in refusal("target = x".ljust(LONGEST + 1))
    assert refusal("target = " + "-" * MOST_NODES + "x").startswith("too long at character")
    assert read_formula("target = " + "-" * (MOST_NODES - 1) + "x")


@pytest.mark.parametrize(
    "text",
    [
        "target = 9**9**9**9**9 * x",
        "target = " + "9" * (LONGEST - 9),
        "target = 1e308 * 1e308 * x",
        "class = " + "(" * (LONGEST - 8),
        "class = " + "(" * 95 + "x" + ")" * 95 + " > 0",
        "class = " + "not " * 47 + "x",
        "target = " + "x**" * 49 + "x",
        "target = " + "abs(" * 38 + "x" + ")" * 38,
        "target = " + "-" * 190 + "x",
        "class = " + "x<" * 49 + "y",
        "target = log(x - 1.5) + " + "+".join(["tan(x)"] * 24),
        "target = " + "{" * 100,
    ],
    ids=lambda text: text[:24],
)
def test_no_text_takes_long(text: str) -> None:
    """The processor's time, so that a busy machine fails no test."""
    start = time.process_time()
    with suppress(FormulaError):
        load(by_formula(text, n=4000))
    assert time.process_time() - start < 1.5


def test_there_are_as_many_classes_as_the_page_has_colours() -> None:
    assert MOST_CLASSES == 6
