"""A neuron's arithmetic in the page: numbers at a point, partial sums, its graph, what training would do."""

import re
from dataclasses import replace

import numpy as np
import pytest

from nets import ACTIVATIONS, Model, create, dataset, serialise
from nets.network import Layer, forward, n_parameters, split
from tests.browser.relief import Relief

LAYERS = (
    Layer(5, ("tanh", "sin", "relu", "square", "gaussian")),
    Layer(4, ("sigmoid", "abs", "gelu", "silu"), pre="softplus", skip=True),
    Layer(3, ("identity",) * 3, skip=True),
)


def random_model(seed: int = 3) -> Model:
    parameters = 1.5 * np.random.default_rng(seed).standard_normal(n_parameters(LAYERS))
    return replace(create(dataset("spiral")), layers=LAYERS, parameters=parameters)


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_every_number_of_a_neurons_sum_at_a_point_is_that_of_nets(layer: int, modules: Relief) -> None:
    model = random_model()
    points = np.random.default_rng(8).uniform(-1, 1, (2, 20))
    neuron = LAYERS[layer - 1].width - 1
    found = modules.evaluate_module(
        "composition.mjs",
        """const { layoutLayers, decodeFloat64 } = await import('/assets/lib/document.mjs');
           const { Evaluation } = await import('/assets/lib/engine.mjs');
           const { document, layer, neuron, points } = argument;
           const parameters = decodeFloat64(document.parameters);
           const at = ([x, y]) => {
             const evaluation = new Evaluation(layoutLayers(document), { x: [x], y: [y] });
             evaluation.update(parameters);
             return m.arithmeticAt(evaluation, parameters, { layer, neuron });
           };
           return points.map(at);""",
        {"document": serialise(model), "layer": layer, "neuron": neuron, "points": points.T.tolist()},
    )
    response = forward(LAYERS, model.parameters, points)[layer - 1]
    weights, biases = split(LAYERS, model.parameters)[layer - 1]
    for p, arithmetic in enumerate(found):
        terms = arithmetic["terms"]
        assert [term["weight"] for term in terms] == weights[neuron].tolist()
        assert [term["input"] for term in terms] == pytest.approx(response.inputs[:, p].tolist(), rel=1e-12, abs=1e-12)
        products = (weights[neuron] * response.inputs[:, p]).tolist()
        assert [term["product"] for term in terms] == pytest.approx(products, rel=1e-12, abs=1e-12)
        assert arithmetic["bias"] == biases[neuron]
        assert arithmetic["preactivation"] == pytest.approx(response.preactivation[neuron, p], rel=1e-12, abs=1e-12)
        assert arithmetic["activation"] == pytest.approx(response.activation[neuron, p], rel=1e-12, abs=1e-12)


def test_a_partial_sum_is_the_sum_of_the_first_terms_and_one_scale_holds_them_all(modules: Relief) -> None:
    inputs = np.array([[1.0, -2.0, 0.5], [3.0, 0.0, -1.0]])
    weights, bias = np.array([2.0, -3.0]), 0.25
    found = modules.evaluate_module(
        "composition.mjs",
        """const [inputs, weights, bias] = argument;
           const landscapes = inputs.map((values) => Float64Array.from(values));
           return [0, 1, 2, 3].map((count) => {
             const { sum, scale } = m.partialSum(landscapes, weights, bias, count);
             return { sum: Array.from(sum), scale };
           });""",
        [inputs.tolist(), weights.tolist(), bias],
    )
    terms = np.vstack([np.zeros(3), weights[:, None] * inputs, np.full(3, bias)])
    assert [step["sum"] for step in found] == np.cumsum(terms, axis=0).tolist()
    assert {step["scale"] for step in found} == {8}  # of −7, rounded up


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_graph_of_a_nonlinearity_goes_through_its_values(name: str, modules: Relief) -> None:
    """Up is up, right is right, and what is undefined or infinite leaves a gap."""
    low, high = -2.4, 3.6
    path = modules.evaluate_module(
        "graph.mjs",
        f"""const {{ ACTIVATIONS }} = await import('/assets/lib/activations.mjs');
            return m.plotOf(ACTIVATIONS['{name}'], {low}, {high}).path;""",
    )
    points = np.array([[float(number) for number in pair.split()] for pair in re.split("[ML]", path)[1:]])
    z = low + (high - low) * points[:, 0] / 60
    with np.errstate(all="ignore"):
        values = ACTIVATIONS[name].value(z)
    is_steep = np.abs(np.gradient(points[:, 1])) > 5  # where a step's place is off by the rounding of the drawing
    scale = np.ptp(values[np.isfinite(values)])
    expected = 5 + 44 * (values.max() - values) / scale
    np.testing.assert_allclose(points[~is_steep, 1], expected[~is_steep], atol=0.2)


def test_a_graph_has_a_hole_where_the_function_is_undefined(modules: Relief) -> None:
    plot = "m.plotOf((z) => (z < 0 ? NaN : z < 1 ? Math.sqrt(z) : z < 2 ? Infinity : 1), -1, 3)"
    path = modules.evaluate_module("graph.mjs", f"return {plot}.path")
    starts = [float(piece.split()[0]) for piece in path.split("M")[1:]]
    assert starts == pytest.approx([15, 45], abs=0.7)
    assert modules.evaluate_module("graph.mjs", f"return {plot}.zero[0]") == 15


def test_marks_are_relative_to_what_training_would_move_most(modules: Relief) -> None:
    found = modules.evaluate_module("gradients.mjs", "return m.pulls([9, -2, 0.5, 0], [1, 2, 3])")
    assert found == [{"descent": 2, "share": 1}, {"descent": -0.5, "share": -0.25}, {"descent": 0, "share": 0}]
    assert modules.evaluate_module("gradients.mjs", "return m.pulls([0, 0], [0, 1])[1].share") == 0
