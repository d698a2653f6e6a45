"""Measures, computed by hand and once more in plain Python."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from nets import Budget, Measures, Model, create, dataset, evaluate, gradient, measure, train_slice
from nets.datasets import DataSpec, load
from nets.measures import confusion, measures_document, r_squared
from nets.network import Layer, split
from tests.nets import plain_python
from tests.nets.gradient_check import central_difference
from tests.nets.models import MARKED, MIXED, model_of, spiral_model

Array = NDArray[np.float64]

MODELS = {
    "classes": spiral_model(),
    "penalties": spiral_model(l1=0.02, l2=0.3),
    "values": create(dataset("saddle", n=40), hidden=[3]),
    "mixed": model_of(MIXED, dataset("xor", n=30)),
    "frozen and off": model_of(MARKED, dataset("xor", n=30)),
    "no test points": create(dataset("moons", n=20, test=0), hidden=[3]),
}
models = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def values(targets: tuple[float, ...], test: float = 0.0) -> DataSpec:
    """Values at points on a line."""
    points = tuple((x, 0.0) for x in np.linspace(-1, 1, len(targets)).tolist())
    return DataSpec(None, len(targets), 0, 0, 1, test, points=points, targets=targets)


def line(data: DataSpec, slope: float, bias: float) -> Model:
    """The network slope · x + bias."""
    model = create(data, hidden=[])
    return replace(model, parameters=np.array([slope, 0.0, bias], dtype=float))


@models
def test_losses_and_accuracies_are_those_of_evaluate(model: Model) -> None:
    measured, metrics = measure(model), evaluate(model)
    assert (measured.train.loss, measured.train.accuracy) == (metrics.train_loss, metrics.train_accuracy)
    if measured.test is None:
        assert metrics.test_loss is None
    else:
        assert (measured.test.loss, measured.test.accuracy) == (metrics.test_loss, metrics.test_accuracy)


def test_a_confusion_matrix_counted_by_hand() -> None:
    outputs = np.array([[3, 1, 0, 9, 1.0], [2, 5, 0, 1, 2], [1, 5, 7, 1, np.nan]])
    targets = np.eye(3)[[0, 1, 1, 2, 2]].T
    assert confusion(outputs, targets) == ((1, 0, 0, 0), (0, 1, 1, 0), (1, 0, 0, 1))


@pytest.mark.parametrize("model", [m for m in MODELS.values() if m.data.classes], ids=str)
def test_the_confusion_matrix_is_that_of_plain_python(model: Model) -> None:
    if any(layer.off for layer in model.layers):
        return  # plain Python switches nothing off
    data, measured = load(model.data), measure(model)
    for fit, is_test in ((measured.train, False), (measured.test, True)):
        counts = [[0] * (model.data.classes + 1) for _ in range(model.data.classes)]
        for (x, y), target, test in zip(data.points.T.tolist(), data.targets, data.is_test, strict=True):
            if test == is_test:
                scores = plain_python.forward(model.layers, model.parameters, x, y)[-1].activation
                counts[int(target)][scores.index(max(scores))] += 1
        if fit is None:
            assert sum(map(sum, counts)) == 0
            continue
        assert fit.confusion == tuple(map(tuple, counts))
        assert sum(map(sum, fit.confusion)) == fit.points
        assert fit.accuracy == pytest.approx(sum(counts[k][k] for k in range(len(counts))) / fit.points)


def test_points_without_an_answer_are_taken_for_no_class() -> None:
    layers = (Layer(2, ("identity", "log")),)
    model = model_of(layers, dataset("xor", n=40, test=0))
    model = replace(model, parameters=np.array([0, 0, 1.0, 0, 1, 0]))  # 1 for class 1, x for class 2
    fit = measure(model).train
    data = load(model.data)
    without = [int(np.sum((data.points[0] < 0) & (data.targets == k))) for k in (0, 1)]
    assert fit.confusion is not None
    assert [row[2] for row in fit.confusion] == without
    assert min(without) > 0


def test_r_squared_by_hand() -> None:
    # answers −1, 0, 1 to targets −1, 1, 3: residuals 0, −1, −2, deviations −2, 0, 2
    fit = measure(line(values((-1, 1, 3)), 1, 0)).train
    assert fit.r_squared == pytest.approx(1 - 5 / 8)
    assert (fit.confusion, fit.accuracy) == (None, None)


def test_r_squared_is_1_where_every_answer_is_right_and_0_where_all_are_the_mean() -> None:
    data = values((-2, 0, 2))
    assert measure(line(data, 2, 0)).train.r_squared == 1
    assert measure(line(data, 0, 0)).train.r_squared == 0


def test_r_squared_takes_the_mean_of_its_own_points() -> None:
    data = values((1, 5, 2, 8, 3, 9), test=0.5)
    model, loaded = line(data, 1.5, 2), load(data)
    measured = measure(model)
    for fit, chosen in ((measured.train, ~loaded.is_test), (measured.test, loaded.is_test)):
        answers = [1.5 * x + 2 for x in loaded.points[0, chosen]]
        targets = loaded.targets[chosen].tolist()
        mean = sum(targets) / len(targets)
        residual = sum((a - t) ** 2 for a, t in zip(answers, targets, strict=True))
        assert fit is not None
        assert fit.r_squared == pytest.approx(1 - residual / sum((t - mean) ** 2 for t in targets))


@pytest.mark.parametrize("targets", [(0.1, 0.1, 0.1), (7.0,)])
def test_r_squared_is_undefined_where_all_targets_are_the_same(targets: tuple[float, ...]) -> None:
    assert r_squared(np.zeros((1, len(targets))), np.array([targets])) is None


@pytest.mark.parametrize("model", [MODELS["classes"], MODELS["penalties"], MODELS["values"]], ids=str)
def test_gradient_norms_are_those_of_central_differences(model: Model) -> None:
    slopes = central_difference(lambda p: gradient(replace(model, parameters=p))[0], model.parameters)
    for layer, (weights, biases) in zip(measure(model).layers, split(model.layers, slopes), strict=True):
        by_hand = math.sqrt(sum(slope**2 for slope in [*weights.ravel(), *biases]))
        assert layer.gradient_norm == pytest.approx(by_hand, rel=1e-6)


@models
def test_the_layers_norms_make_up_that_of_the_gradient(model: Model) -> None:
    norms = [layer.gradient_norm for layer in measure(model).layers]
    assert math.hypot(*norms) == pytest.approx(float(np.linalg.norm(gradient(model)[1])))


def test_a_norm_neither_underflows_nor_overflows_where_its_square_does() -> None:
    for scale in (1e-170, 1e170):
        model = line(values((0, 1)), 0, 0)
        model = replace(model, data=replace(model.data, targets=(0.0, scale)))
        # slopes −2/n Σ t x = −scale and −2/n Σ t = −scale
        norm = measure(model).layers[0].gradient_norm
        assert norm == pytest.approx(math.sqrt(2) * scale, rel=1e-12, abs=0)


def test_a_snapshot_is_measured_by_its_parameters() -> None:
    model = spiral_model()
    after, snapshots, _ = train_slice(model, Budget(epochs=3))
    assert measure(replace(model, parameters=snapshots[-1].parameters)) == measure(after) != measure(model)


def test_what_overflows_is_told_in_numbers_and_warns_nobody() -> None:
    model = spiral_model(loss="mean_squared_error", l2=1.0)
    measured = measure(replace(model, parameters=np.full_like(model.parameters, 1e200)))
    assert measured.train.loss == math.inf
    document = measures_document(measured)
    assert document["train"]["loss"] is None
    json.dumps(document, allow_nan=False)


@models
def test_a_document_of_measures_has_them_all(model: Model) -> None:
    measured = measure(model)
    document = json.loads(json.dumps(measures_document(measured), allow_nan=False))
    assert list(document) == list(Measures.__dataclass_fields__)
    assert document["train"]["confusion"] == (measured.train.confusion and [list(r) for r in measured.train.confusion])
    assert document["test"] is None or document["test"]["points"] == measured.test.points  # type: ignore[union-attr]
    assert [layer["gradient_norm"] for layer in document["layers"]] == [x.gradient_norm for x in measured.layers]
