"""The page's arithmetic equals the reference in nets/."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from nets import ACTIVATIONS, Model, create, dataset, evaluate, serialise, surfaces
from nets.datasets import DataSpec, by_formula, load
from nets.inputs import Inputs
from nets.losses import LOSSES
from nets.model import Training
from nets.network import Layer, n_parameters
from tests.browser.relief import Relief

TOLERANCE = 1e-6  # relative
NAMES = tuple(name for name, row in ACTIVATIONS.items() if row.lowest == -np.inf)


def with_random_parameters(model: Model, seed: int = 3, size: float = 2.0) -> Model:
    parameters = size * np.random.default_rng(seed).standard_normal(n_parameters(model.layers))
    return replace(model, parameters=parameters)


def with_layers(layers: tuple[Layer, ...]) -> Model:
    return with_random_parameters(replace(create(dataset("saddle")), layers=layers))


OUTPUT = Layer(1, ("identity",))
MIXED = with_layers((Layer(len(NAMES), NAMES), Layer(len(NAMES), NAMES[::-1]), OUTPUT))
SKIP = with_layers((Layer(5, ("tanh",) * 5), Layer(4, ("sin", "relu", "abs", "gelu"), skip=True), OUTPUT))
PRE = with_layers((Layer(4, ("tanh",) * 4, pre="square"), Layer(3, ("relu",) * 3, pre="sin", skip=True), OUTPUT))
OFF = with_layers(
    (
        Layer(4, ("tanh", "gaussian", "sin", "square"), off=(1, 3)),
        Layer(3, ("relu", "tanh", "abs"), pre="gaussian", skip=True, frozen=(0,), off=(0,)),
        OUTPUT,
    )
)
STRETCHED = replace(MIXED, domain=((-3.0, 0.5), (2.0, 7.25)))
ODD_UNITS = replace(PRE, domain=((0.0, 200.0), (-1e-4, 1e-3)), inputs=Inputs((90.0, 4e-4), (110.0, 6e-4)))


def computed(modules: Relief, model: Model, kind: str, n: int) -> list[NDArray[np.float64]]:
    """Return every layer's surfaces as the page's engine computes them, (width, n, n) each."""
    layers = modules.evaluate_module(
        "engine.mjs",
        """const { decodeFloat64, encodeFloat64, layoutLayers } = await import('/assets/lib/document.mjs');
           const { document, kind, n } = argument;
           const evaluation = new m.Evaluation(layoutLayers(document), m.gridOf(document, n));
           evaluation.update(decodeFloat64(document.parameters));
           return evaluation[kind].map(encodeFloat64);""",
        {"document": serialise(model), "kind": kind, "n": n},
    )
    return [np.frombuffer(b64decode(text)).reshape(-1, n, n) for text in layers]


def assert_same_surfaces(found: Callable[[str], list[NDArray[np.float64]]], model: Model, n: int) -> None:
    for kind in ("preactivation", "activation"):
        reference = [getattr(layer, kind) for layer in surfaces(model, n)]
        for mine, theirs in zip(found(kind), reference, strict=True):
            largest = np.abs(theirs, where=np.isfinite(theirs), out=np.zeros_like(theirs)).max()
            np.testing.assert_allclose(mine, theirs, rtol=TOLERANCE, atol=1e-12 * largest)


def test_the_page_knows_the_same_nonlinearities_as_nets(modules: Relief) -> None:
    assert modules.evaluate_module("activations.mjs", "return Object.keys(m.ACTIVATIONS)") == list(ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_nonlinearity_is_the_same_function_in_the_page(name: str, modules: Relief) -> None:
    z = np.concatenate([np.linspace(-40, 40, 801), [-1e3, -1e-9, 0.0, 1e-9, 1e3]])
    values = modules.evaluate_module("activations.mjs", f"return argument.map(m.ACTIVATIONS['{name}'])", z.tolist())
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(values, ACTIVATIONS[name].value(z), rtol=TOLERANCE, atol=1e-300)


CONJUGATE = with_layers((Layer(3, ("exp",) * 3, pre="log", skip=True), Layer(2, ("sqrt", "log"), pre="square"), OUTPUT))


def test_a_landscape_is_undefined_in_the_page_exactly_where_it_is_in_numpy(modules: Relief) -> None:
    """Products of powers of x and y exist in one quadrant; what is computed from them, with whatever weight, too."""
    weightless = replace(CONJUGATE, parameters=CONJUGATE.parameters * (np.arange(CONJUGATE.parameters.size) % 3 > 0))
    for model in (CONJUGATE, weightless):
        assert_same_surfaces(partial(computed, modules, model, n=49), model, 49)
    for layer in computed(modules, weightless, "activation", 49)[1:]:
        assert 0 < np.isnan(layer).sum() < layer.size
    assert np.isnan(surfaces(weightless, 49)[1].activation[:, :24]).all()


def test_landscapes_of_every_nonlinearity_equal_numpys(modules: Relief) -> None:
    for name in ACTIVATIONS:
        model = with_layers((Layer(3, (name,) * 3), Layer(2, (name,) * 2), OUTPUT))
        assert_same_surfaces(partial(computed, modules, model, n=25), model, 25)


@pytest.mark.parametrize(
    "model",
    [MIXED, SKIP, PRE, OFF, STRETCHED, ODD_UNITS],
    ids=["mixed", "skip", "pre", "off", "stretched", "units"],
)
def test_landscapes_of_every_kind_of_layer_equal_numpys(model: Model, modules: Relief) -> None:
    assert_same_surfaces(partial(computed, modules, model, n=49), model, 49)


def test_what_the_page_shows_are_these_landscapes(relief: Relief) -> None:
    for model in (MIXED, ODD_UNITS):
        relief.load(serialise(model))
        for n in (49, 12):
            assert_same_surfaces(partial(relief.surfaces, n=n), model, n)


def test_the_grid_has_exactly_numpys_coordinates(modules: Relief) -> None:
    cases = [(-1.0, 1.0, 49), (-3.0, 0.5, 121), (2.0, 7.25, 17)]
    for start, stop, n in cases:
        ours = modules.evaluate_module("engine.mjs", "return Array.from(m.linspace(...argument))", [start, stop, n])
        assert ours == np.linspace(start, stop, n).tolist()


def test_rows_of_a_surface_are_y_and_columns_are_x(relief: Relief) -> None:
    surface = relief.call("relief.surface(0, 0, 'activation', 3)")
    assert surface == {"n": 3, "x": [-1, 0, 1], "y": [-1, 0, 1], "values": [-1, 0, 1] * 3}
    assert relief.call("relief.surface(0, 1, 'activation', 3).values") == [-1, -1, -1, 0, 0, 0, 1, 1, 1]


METRIC_MODELS = [
    create(data, training=Training(loss=name))
    for data in (dataset("spiral", classes=3), dataset("bumps"))
    for name, loss in LOSSES.items()
    if data.task in loss.tasks
] + [
    create(dataset("xor", test=0.0)),
    replace(create(dataset("gaussians", classes=2)), layers=(Layer(2, ("log", "identity")),)),
    create(by_formula("class = (x > 0) + 2*(y > 0)", n=50), hidden=[4]),
    replace(create(dataset("spiral")), inputs=Inputs((0.3, -0.1), (0.5, 2.0))),
    replace(
        create(dataset("xor")), layers=(Layer(4, ("tanh",) * 4, off=(0, 2)), Layer(2, ("identity",) * 2, off=(1,)))
    ),
    create(DataSpec(None, 3, 0.0, 2, 1, 0.0, ((0.0, 0.5), (0.2, -0.3), (-1.0, 0.9)), (0.0, 1.0, 1.0)), hidden=[3]),
]


@pytest.mark.parametrize("model", METRIC_MODELS)
def test_losses_and_accuracies_after_an_edit_equal_those_of_nets(model: Model, modules: Relief) -> None:
    data = load(model.data)
    points = {
        "x": data.points[0].tolist(),
        "y": data.points[1].tolist(),
        "targets": data.targets.tolist(),
        "is_test": data.is_test.tolist(),
    }
    measured = modules.evaluate_module(
        "metrics.mjs",
        """const { layoutLayers, decodeFloat64 } = await import('/assets/lib/document.mjs');
           const { document, points } = argument;
           const metrics = new m.Metrics(document, layoutLayers(document), points);
           return metrics.measure(decodeFloat64(document.parameters));""",
        {"document": serialise(with_random_parameters(model)), "points": points},
    )
    with np.errstate(invalid="ignore"):
        expected = evaluate(with_random_parameters(model))._asdict()
    assert measured.keys() == expected.keys()
    for name, value in expected.items():
        assert measured[name] == (None if value is None else pytest.approx(value, rel=1e-9, nan_ok=True))


def test_only_layers_at_or_after_an_edit_are_computed_again(modules: Relief) -> None:
    """Poison every value: what an update from layer 2 leaves alone stays poisoned."""
    untouched = modules.evaluate_module(
        "engine.mjs",
        """const { layoutLayers, decodeFloat64 } = await import('/assets/lib/document.mjs');
           const layers = layoutLayers(argument);
           const evaluation = new m.Evaluation(layers, m.gridPoints(argument.domain, 5));
           evaluation.update(decodeFloat64(argument.parameters));
           const before = evaluation.activation.map((values) => Array.from(values));
           evaluation.preactivation[1].fill(7);
           evaluation.update(decodeFloat64(argument.parameters), 2);
           return [evaluation.preactivation[1].every((value) => value === 7),
                   evaluation.activation.every((values, l) => values.every((value, i) => value === before[l][i]))];""",
        serialise(SKIP),
    )
    assert untouched == [True, True]
