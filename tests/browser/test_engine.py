"""The page's arithmetic equals the reference in nets/."""

from dataclasses import replace

import numpy as np
import pytest

from nets import ACTIVATIONS, Model, create, dataset, evaluate, serialise, surfaces
from nets.datasets import DataSpec, load
from nets.losses import LOSSES
from nets.model import Training
from nets.network import Layer, n_parameters
from tests.browser.relief import Relief

TOLERANCE = 1e-6  # relative
NAMES = tuple(ACTIVATIONS)


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


def assert_same_surfaces(relief: Relief, model: Model, n: int) -> None:
    relief.load(serialise(model))
    for kind in ("preactivation", "activation"):
        ours = relief.surfaces(kind, n)
        reference = [getattr(layer, kind) for layer in surfaces(model, n)]
        for mine, theirs in zip(ours, reference, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=TOLERANCE, atol=1e-12 * np.abs(theirs).max())


def test_the_page_knows_the_same_nonlinearities_as_nets(modules: Relief) -> None:
    assert modules.evaluate_module("activations.mjs", "return Object.keys(m.ACTIVATIONS)") == list(ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_nonlinearity_is_the_same_function_in_the_page(name: str, modules: Relief) -> None:
    z = np.concatenate([np.linspace(-40, 40, 801), [-1e3, -1e-9, 0.0, 1e-9, 1e3]])
    values = modules.evaluate_module("activations.mjs", f"return argument.map(m.ACTIVATIONS['{name}'])", z.tolist())
    np.testing.assert_allclose(values, ACTIVATIONS[name].value(z), rtol=TOLERANCE, atol=1e-300)


def test_landscapes_of_every_nonlinearity_equal_numpys(relief: Relief) -> None:
    for name in ACTIVATIONS:
        layers = (Layer(3, (name,) * 3), Layer(2, (name,) * 2), OUTPUT)
        assert_same_surfaces(relief, with_layers(layers), 25)


@pytest.mark.parametrize("model", [MIXED, SKIP, PRE, OFF, STRETCHED], ids=["mixed", "skip", "pre", "off", "stretched"])
def test_landscapes_of_every_kind_of_layer_equal_numpys(model: Model, relief: Relief) -> None:
    assert_same_surfaces(relief, model, 49)


def test_the_grid_has_exactly_numpys_coordinates(modules: Relief) -> None:
    cases = [(-1.0, 1.0, 49), (-3.0, 0.5, 121), (2.0, 7.25, 17)]
    for start, stop, n in cases:
        ours = modules.evaluate_module("engine.mjs", "return Array.from(m.linspace(...argument))", [start, stop, n])
        assert ours == np.linspace(start, stop, n).tolist()


def test_rows_of_a_surface_are_y_and_columns_are_x(relief: Relief) -> None:
    surface = relief.call("relief.surface(0, 0, 'activation', 3)")
    assert surface == {"n": 3, "x": [-1, 0, 1], "y": [-1, 0, 1], "values": [-1, 0, 1] * 3}
    assert relief.call("relief.surface(0, 1, 'activation', 3).values") == [-1, -1, -1, 0, 0, 0, 1, 1, 1]


METRIC_MODELS = [create(dataset("spiral", classes=3), training=Training(loss=loss)) for loss in LOSSES] + [
    create(dataset("bumps")),
    create(dataset("xor", test=0.0)),
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
    expected = evaluate(with_random_parameters(model))._asdict()
    assert measured.keys() == expected.keys()
    for name, value in expected.items():
        assert measured[name] == (None if value is None else pytest.approx(value, rel=1e-9))


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
