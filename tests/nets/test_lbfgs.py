"""L-BFGS against the full recursion of BFGS, on functions with known minima, and in training, garbage included."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from nets.document import parse, serialise
from nets.gradient import gradient
from nets.lbfgs import MOST_NUMBERS, MOST_PAIRS, lbfgs
from nets.limits import LIMITS
from nets.line_search import DECREASE, FLATNESS
from nets.model import LARGEST_STATE, Model, dataset
from nets.network import Layer, Layers, held_parameters, uniform_layers
from nets.training import Budget, train_slice
from tests.nets.models import MARKED, MIXED, model_of

Vector = NDArray[np.float64]
Function = Callable[[Vector], tuple[float, Vector]]


def rosenbrock(at: Vector) -> tuple[float, Vector]:
    """Rosenbrock's valley, 1960, with its minimum 0 at (1, 1)."""
    x, y = at
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2, np.array([2 * (x - 1) - 400 * x * (y - x * x), 200 * (y - x * x)])


def himmelblau(at: Vector) -> tuple[float, Vector]:
    """Himmelblau's function, 1972, with four minima, all 0."""
    x, y = at
    u, v = x * x + y - 11, x + y * y - 7
    return u * u + v * v, np.array([4 * x * u + 2 * v, 2 * u + 4 * y * v])


def barrier(at: Vector) -> tuple[float, Vector]:
    """−log(1 − x) − log(1 + x) − log(1 − y) − log(1 + y) − x − 3 y: infinite, then undefined, outside a square."""
    inside = np.abs(at) < 1
    if not inside.all():
        return (np.inf if (np.abs(at) == 1).any() else np.nan), np.full(2, np.nan)
    return float(-np.log(1 - at * at).sum() - at @ [1, 3]), 2 * at / (1 - at * at) - [1, 3]


def quadratic(p: int, condition: float = 1e3) -> tuple[Function, Vector, Vector]:
    """A random convex quadratic of p numbers with its Hessian and its minimum."""
    rng = np.random.default_rng(p)
    axes, _ = np.linalg.qr(rng.standard_normal((p, p)))
    hessian = axes @ np.diag(np.geomspace(1, condition, p)) @ axes.T
    minimum = rng.standard_normal(p)
    return lambda at: (0.5 * (at - minimum) @ hessian @ (at - minimum), hessian @ (at - minimum)), hessian, minimum


class Path:
    """Where so many steps from ``start`` lead, and how often the function was looked at."""

    def __init__(self, function: Function, start: list[float], steps: int) -> None:
        self.looks = 0

        def counted(at: Vector) -> tuple[float, Vector]:
            self.looks += 1
            return function(at)

        minimizer = lbfgs()
        self.points = [np.array(start, dtype=float)]
        self.states = [minimizer.init(self.points[0])]
        for _ in range(steps):
            new, state = minimizer.update(counted, self.points[-1], self.states[-1])
            self.points.append(new)
            self.states.append(state)


PATHS: dict[str, tuple[Function, list[float]]] = {
    "Rosenbrock's valley": (rosenbrock, [-1.2, 1]),
    "Rosenbrock's valley from far away": (rosenbrock, [-40, 70]),
    "four minima": (himmelblau, [0, 0]),
    "four minima from near a maximum": (himmelblau, [-0.27, -0.93]),
    "a barrier": (barrier, [-0.999, 0.9]),
    "a round quadratic": (quadratic(3, condition=1)[0], [1e3, -1e3, 0]),
    "a quadratic of six numbers": (quadratic(6)[0], [9, 8, 7, -6, 5, 4]),
    "a tiny quadratic": (lambda at: (1e-9 * at @ at, 2e-9 * at), [1, 2]),
    "a huge quadratic": (lambda at: (1e9 * at @ at, 2e9 * at), [1, 2]),
}


@pytest.mark.parametrize(("function", "start"), PATHS.values(), ids=PATHS)
def test_every_step_fulfils_the_strong_wolfe_conditions(function: Function, start: list[float]) -> None:
    points = Path(function, start, 12).points
    for old, new in pairwise(points):
        (value, slopes), (new_value, new_slopes) = function(old), function(new)
        step = new - old
        if np.abs(slopes).max() > 1e-6 * np.abs(function(points[0])[1]).max():  # beyond, rounding decides
            assert new_value <= value + DECREASE * slopes @ step
            assert abs(new_slopes @ step) <= FLATNESS * abs(slopes @ step) * (1 + 1e-9)


@pytest.mark.parametrize(("function", "start"), PATHS.values(), ids=PATHS)
def test_the_gradient_vanishes_in_the_end(function: Function, start: list[float]) -> None:
    points = Path(function, start, 100).points
    assert np.abs(function(points[-1])[1]).max() <= 1e-8 * np.abs(function(points[0])[1]).max()


def test_the_minimum_of_rosenbrocks_valley_is_reached_in_forty_steps() -> None:
    path = Path(rosenbrock, [-1.2, 1], 40)
    np.testing.assert_allclose(path.points[-1], 1, atol=1e-8)
    assert path.looks < 120


def test_the_minimum_of_a_long_quadratic_is_reached() -> None:
    """Of 40 numbers and a condition of 1000."""
    function, _, minimum = quadratic(40)
    np.testing.assert_allclose(Path(function, [0.0] * 40, 350).points[-1], minimum, atol=1e-8)


# The direction and the memory.


def inverse_hessian(pairs: list[tuple[Vector, Vector]]) -> Vector:
    """The matrix of BFGS (Broyden, Fletcher, Goldfarb and Shanno, 1970) from (s, y), oldest first, in full."""
    newest_step, newest_change = pairs[-1]
    unit = np.eye(newest_step.size)
    matrix = unit * (newest_step @ newest_change) / (newest_change @ newest_change)
    for s, y in pairs:
        rho = 1 / (y @ s)
        matrix = (unit - rho * np.outer(s, y)) @ matrix @ (unit - rho * np.outer(y, s)) + rho * np.outer(s, s)
    return matrix


def state_of(pairs: list[tuple[Vector, Vector]], room: int = MOST_PAIRS) -> Vector:
    """A state as its docstring has it, from (s, y), oldest first."""
    steps, changes = np.zeros((2, room, pairs[0][0].size))
    for place, (s, y) in enumerate(reversed(pairs)):
        steps[place], changes[place] = s, y
    return np.concatenate([[len(pairs)], steps.ravel(), changes.ravel()])


@pytest.mark.parametrize("p", [1, 2, 7, 30])
@pytest.mark.parametrize("count", [1, 2, 5, 10])
def test_the_direction_is_minus_h_g_with_the_h_of_bfgs(p: int, count: int) -> None:
    function, hessian, _ = quadratic(p, condition=10)
    steps = np.random.default_rng(count).standard_normal((count, p))
    pairs = [(s, hessian @ s) for s in steps]
    start = np.ones(p)
    new, _ = lbfgs().update(function, start, state_of(pairs))
    expected = -inverse_hessian(pairs) @ function(start)[1]
    found = new - start
    np.testing.assert_allclose(
        found / np.linalg.norm(found), expected / np.linalg.norm(expected), rtol=1e-9, atol=1e-10
    )


def test_with_a_pair_for_every_direction_of_a_quadratic_one_step_is_newtons() -> None:
    """Steps along the axes of the Hessian are conjugate, so that H is its inverse."""
    function, hessian, minimum = quadratic(8)
    _, axes = np.linalg.eigh(hessian)
    new, _ = lbfgs().update(function, np.zeros(8), state_of([(s, hessian @ s) for s in axes.T]))
    np.testing.assert_allclose(new, minimum, atol=1e-10)


def test_the_first_step_goes_down_the_gradient_and_is_no_longer_than_one() -> None:
    function, _, _ = quadratic(5, condition=2)
    start = np.full(5, 100.0)
    minimizer = lbfgs()
    seen = []

    def watched(at: Vector) -> tuple[float, Vector]:
        seen.append(at)
        return function(at)

    new, _ = minimizer.update(watched, start, minimizer.init(start))
    slopes = function(start)[1]
    np.testing.assert_allclose(seen[1], start - slopes / np.abs(slopes).sum(), rtol=1e-13)
    np.testing.assert_allclose((new - start) / np.linalg.norm(new - start), -slopes / np.linalg.norm(slopes), rtol=1e-9)


def test_a_state_holds_the_number_of_pairs_the_steps_and_the_changes_newest_first_and_the_oldest_are_dropped() -> None:
    function, _, _ = quadratic(12)
    path = Path(function, [1.0] * 12, 15)
    for step in range(1, 16):
        pairs = [
            (new - old, function(new)[1] - function(old)[1])
            for old, new in zip(path.points[:step], path.points[1 : step + 1], strict=True)
        ]
        np.testing.assert_allclose(path.states[step], state_of(pairs[-MOST_PAIRS:]), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("p", "room"), [(2, 10), (750, 10), (751, 9), (1000, 7), (7499, 1), (7500, 1), (8000, 1)])
def test_large_networks_remember_fewer_pairs_but_always_one(p: int, room: int) -> None:
    minimizer = lbfgs()
    state = minimizer.init(np.zeros(p))
    assert state.shape == (1 + 2 * room * p,)
    assert not state.any()
    assert room == 1 or 2 * room * p <= MOST_NUMBERS
    at = np.ones(p)
    for count in range(1, room + 3):
        at, state = minimizer.update(lambda w: (float(np.sum(w**4)), 4 * w**3), at, state)
        assert state[0] == min(count, room)


def test_a_pair_along_which_the_function_is_not_convex_is_not_remembered() -> None:
    """−w² + w⁴ / 100 falls ever more steeply at first: the line search goes on until the slope is no longer steep."""

    def bent(at: Vector) -> tuple[float, Vector]:
        w = float(at[0])
        return (-w, np.array([-1.0 - 1e-3 * w])) if w < 100 else (np.inf, np.array([np.inf]))

    minimizer = lbfgs()
    _, state = minimizer.update(bent, np.array([1.0]), minimizer.init(np.ones(1)))
    assert not state.any()


def test_nothing_it_is_given_is_changed() -> None:
    minimizer = lbfgs()
    parameters = np.array([-1.2, 1.0])
    state = minimizer.init(parameters)
    for _ in range(3):
        parameters.flags.writeable = state.flags.writeable = False  # writing to it would raise
        new, new_state = minimizer.update(rosenbrock, parameters, state)
        assert not np.shares_memory(new, parameters)
        assert not np.shares_memory(new_state, state)
        parameters, state = new, new_state


# In training.

XOR = dataset("xor", n=48, test=1 / 6)
KINKED: Layers = (
    Layer(4, ("relu", "abs", "hard_tanh", "leaky_relu"), skip=True),
    Layer(2, ("identity",) * 2, pre="relu"),
)


def values_along(model: Model, steps: int) -> list[float]:
    """The objective before, between and after so many steps."""
    values = [gradient(model)[0]]
    for _ in range(steps):
        model, _, over = train_slice(model, Budget(steps=1, snapshots=0))
        assert over is None
        values.append(gradient(model)[0])
    return values


@pytest.mark.parametrize("penalty", [{}, {"l1": 0.05, "l2": 0.01}], ids=["plain", "with penalties"])
@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "mean_absolute_error", "huber", "hinge"])
@pytest.mark.parametrize("layers", [MIXED, KINKED, MARKED], ids=["mixed", "kinks", "frozen and switched off"])
def test_the_objective_never_rises_and_falls_in_the_end(layers: Layers, loss: str, penalty: dict[str, float]) -> None:
    values = values_along(model_of(layers, XOR, optimizer="lbfgs", loss=loss, **penalty), 25)
    assert all(new <= old for old, new in pairwise(values))
    assert values[-1] < 0.9 * values[0]


def test_a_line_is_fitted_as_exactly_as_by_least_squares() -> None:
    model = model_of(uniform_layers([1], "identity"), dataset("plane", n=60, noise=0.3), optimizer="lbfgs")
    model = replace(model, training=replace(model.training, loss="mean_squared_error"))
    fitted = train_slice(model, Budget(steps=30, snapshots=0)).model
    assert np.abs(gradient(fitted)[1]).max() < 1e-10


def garbage(p: int, room: int) -> dict[str, Vector]:
    """States that no run ever wrote, of finite numbers that a document may hold."""
    rng = np.random.default_rng(0)
    pairs = rng.standard_normal((2, room, p))
    newest_zero = pairs[0] * (np.arange(room) > 0)[:, None]
    length = 2 * room * p
    return {
        "zeros that are said to be pairs": np.concatenate([[room], np.zeros(length)]),
        "noise": np.concatenate([[room], pairs.ravel()]),
        "noise, a billion pairs": np.concatenate([[1e9], pairs.ravel()]),
        "minus a billion pairs": np.concatenate([[-1e9], pairs.ravel()]),
        "two and a half pairs": np.concatenate([[2.5], pairs.ravel()]),
        "negative curvature": np.concatenate([[room], pairs[0].ravel(), -pairs[0].ravel()]),
        "a newest pair of zeros": np.concatenate([[2], newest_zero.ravel(), newest_zero.ravel()]),
        "huge steps": np.concatenate([[room], 1e90 * pairs[0].ravel(), 1e-200 * pairs[0].ravel()]),
        "huge changes": np.concatenate([[room], 1e-200 * pairs[0].ravel(), 1e90 * pairs[0].ravel()]),
        "steps that vanish": np.concatenate([[room], 1e-300 * pairs[0].ravel(), 1e-300 * pairs[0].ravel()]),
        "as large as may be": np.concatenate([[room], np.full(length, LARGEST_STATE / length)]),
    }


@pytest.mark.parametrize("kind", garbage(1, 1))
@pytest.mark.parametrize("layers", [MIXED, KINKED, MARKED], ids=["mixed", "kinks", "frozen and switched off"])
def test_a_state_of_garbage_neither_crashes_nor_makes_the_objective_rise_nor_moves_what_is_frozen(
    layers: Layers, kind: str
) -> None:
    model = model_of(layers, XOR, optimizer="lbfgs", l2=0.01)
    state = garbage(model.parameters.size, MOST_PAIRS)[kind]
    model = replace(model, progress=replace(model.progress, state=state))
    model = parse(json.loads(json.dumps(serialise(model))))  # as a stranger would send it
    assert model.progress.state.tobytes() == state.tobytes()
    values = [gradient(model)[0]]
    held = held_parameters(layers)
    for _ in range(6):
        before = model
        model, _, over = train_slice(model, Budget(steps=1, snapshots=0))
        assert over is None
        values.append(gradient(model)[0])
        if held is not None:
            assert model.parameters[held].tobytes() == before.parameters[held].tobytes()
    assert all(new <= old for old, new in pairwise(values))
    assert values[1] < values[0]  # where the state is of no use, the same step goes down the gradient


def test_random_garbage_does_no_harm_either() -> None:
    rng = np.random.default_rng(1)
    model = model_of(MIXED, XOR, optimizer="lbfgs")
    value = gradient(model)[0]
    for _ in range(30):
        scale = 10.0 ** rng.uniform(-300, 90, 2 * MOST_PAIRS * model.parameters.size)
        state = np.concatenate([[rng.integers(-3, 15)], scale * rng.standard_normal(scale.size)])
        after, _, over = train_slice(
            replace(model, progress=replace(model.progress, state=state)), Budget(steps=2, snapshots=0)
        )
        assert over is None
        assert gradient(after)[0] < value


def largest_model() -> Model:
    """As many layers, neurons, inputs, names and points as a document may have, every number at its longest."""
    width, n = LIMITS["neurons a layer"], LIMITS["points"]
    names = ("leaky_relu", "hard_tanh") * (width // 2)
    wide = Layer(width, names, pre="leaky_relu", skip=True, frozen=tuple(range(width)))
    layers = (*(wide,) * (LIMITS["layers"] - 1), Layer(1, ("identity",), skip=True))
    numbers = np.random.default_rng(0).uniform(-0.1, 0.1, (n, 3)).tolist()
    points, targets = tuple((x, y) for x, y, _ in numbers), tuple(t for *_, t in numbers)
    data = replace(dataset("saddle"), name=None, points=points, targets=targets, n=n)
    return model_of(layers, data, optimizer="lbfgs", loss="mean_squared_error")


def test_the_largest_document_fits_into_a_request_with_its_state() -> None:
    model = largest_model()
    state = np.random.default_rng(1).standard_normal(lbfgs().init(model.parameters).size)
    model = replace(model, progress=replace(model.progress, state=state))
    text = json.dumps(serialise(model))
    assert len(text.encode()) < LIMITS["bytes a request"]
    read = parse(json.loads(text))
    assert (read.parameters.tobytes(), read.progress.state.tobytes()) == (model.parameters.tobytes(), state.tobytes())


@pytest.mark.parametrize("p", [751, 1500, 2500, 3750, 5000, 7000])
def test_no_network_has_a_longer_state_than_the_largest_one_or_than_there_is_room_for(p: int) -> None:
    assert lbfgs().init(np.zeros(p)).size <= 1 + max(MOST_NUMBERS, 2 * largest_model().parameters.size)
