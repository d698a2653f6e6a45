"""Gradients and optimisers against PyTorch, where it happens to be installed: nobody needs it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS
from nets.backpropagation import loss_and_gradient
from nets.batches import batches_of_data
from nets.gradient import gradient
from nets.losses import LOSSES
from nets.model import Model, dataset
from nets.network import Layer, Layers, is_weight, n_parameters, uniform_layers
from nets.optimizers import OPTIMIZERS
from nets.training import Budget, train_slice
from tests.nets.models import MIXED, model_of

torch = pytest.importorskip("torch")
F = torch.nn.functional

Array = NDArray[np.float64]

NONLINEARITIES: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "relu": F.relu,
    "leaky_relu": lambda z: F.leaky_relu(z, 0.01),
    "elu": F.elu,
    "softplus": F.softplus,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "hard_tanh": F.hardtanh,
    "sin": torch.sin,
    "gaussian": lambda z: torch.exp(-(z**2)),
    "step": lambda z: torch.heaviside(z.detach(), torch.zeros(1, dtype=z.dtype)) + 0 * z,
    "abs": torch.abs,
    "square": torch.square,
    "silu": F.silu,
    "gelu": lambda z: F.gelu(z, approximate="tanh"),
    "log": torch.log,
    "exp": torch.exp,
    "sqrt": torch.sqrt,
}


def per_point(function: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """A loss that is added up over the outputs, and its mean over the points."""
    return lambda outputs, targets: function(outputs, targets, reduction="sum") / outputs.shape[1]


# Theirs of the classes' margins is divided by the number of classes.
DISTANCES: dict[str, Callable[[Any, Any], Any]] = {
    "softmax_cross_entropy": lambda scores, targets: F.cross_entropy(scores.T, targets.argmax(0)),
    "mean_squared_error": per_point(F.mse_loss),
    "mean_absolute_error": per_point(F.l1_loss),
    "huber": per_point(F.huber_loss),
    "hinge": lambda scores, targets: len(scores) * F.multi_margin_loss(scores.T, targets.argmax(0)),
}

losses = pytest.mark.parametrize("loss", LOSSES)


def outputs(layers: Layers, parameters: Any, points: Any) -> Any:
    """The last layer's activations, as torch has them."""
    values, start = points, 0
    for layer in layers:
        received = torch.cat([values, points]) if layer.skip else values
        end = start + layer.width * len(received)
        z = F.linear(
            NONLINEARITIES[layer.pre](received).T,
            parameters[start:end].reshape(layer.width, -1),
            parameters[end : end + layer.width],
        ).T
        values = torch.stack([NONLINEARITIES[name](row) for name, row in zip(layer.activation, z, strict=True)])
        start = end + layer.width
    return values


def tensor(array: Array) -> Any:
    return torch.tensor(array, dtype=torch.float64)


def assert_gradients_agree(layers: Layers, loss: str, parameters: Array, points: Array, targets: Array) -> None:
    value, slopes = loss_and_gradient(layers, parameters, points, targets, LOSSES[loss])
    at = tensor(parameters).requires_grad_()
    expected = DISTANCES[loss](outputs(layers, at, tensor(points)), tensor(targets))
    expected.backward()
    assert value == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(slopes, at.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_torch_has_the_rows_of_the_tables() -> None:
    assert tuple(NONLINEARITIES) == tuple(ACTIVATIONS)
    assert tuple(DISTANCES) == tuple(LOSSES)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_and_slopes_are_torchs_at_kinks_and_far_out_too(name: str) -> None:
    row = ACTIVATIONS[name]
    z = np.array([-30.0, -5.0, -1.0, -0.3, 0.0, 0.2, 1.0, 4.0, 19.0])
    z = z[z > row.lowest]
    a, at = row.value(z), tensor(z).requires_grad_()
    expected = NONLINEARITIES[name](at)
    expected.sum().backward()
    np.testing.assert_allclose(a, expected.detach().numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(row.slope(z, a), at.grad.numpy(), rtol=1e-10, atol=1e-12)


@losses
def test_losses_and_slopes_are_torchs_at_kinks_and_far_out_too(loss: str) -> None:
    scores = np.array([[1.0, 0, 3, 1e4, 2], [0, 1, 2, -1e4, 2], [0.5, 0, 0, 0, 2]])
    targets = np.eye(3)[:, [0, 1, 0, 1, 2]]
    value, slope = LOSSES[loss].value_and_slope(scores, targets)
    at = tensor(scores).requires_grad_()
    expected = DISTANCES[loss](at, tensor(targets))
    expected.backward()
    assert value == pytest.approx(expected.item(), rel=1e-13)
    np.testing.assert_allclose(slope, at.grad.numpy(), rtol=1e-12, atol=1e-15)


@losses
@pytest.mark.parametrize("skip", [False, True], ids=["plain", "skip"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradients_of_every_nonlinearity_and_loss(name: str, skip: bool, loss: str) -> None:
    layers = (
        Layer(3, (name,) * 3),
        Layer(3, ("softplus", "tanh", name), pre=name, skip=skip),
        Layer(3, ("identity",) * 3),
    )
    rng = np.random.default_rng(0)
    parameters, points = 0.4 * rng.standard_normal(n_parameters(layers)), rng.uniform(-1, 1, (2, 6))
    if ACTIVATIONS[name].lowest == 0:
        parameters, points = np.abs(parameters) + 1.2 * (is_weight(layers) == 0), np.abs(points)
    assert_gradients_agree(layers, loss, parameters, points, np.eye(3)[:, [0, 1, 2, 2, 0, 2]])


@losses
def test_gradients_of_a_network_of_everything(loss: str) -> None:
    rng = np.random.default_rng(1)
    parameters, points = rng.standard_normal(n_parameters(MIXED)), rng.uniform(-1, 1, (2, 9))
    assert_gradients_agree(MIXED, loss, parameters, points, np.eye(2)[:, rng.integers(0, 2, 9)])


# Optimisers.

SHARED: dict[str, Callable[..., Any]] = {
    "sgd": torch.optim.SGD,
    "momentum": lambda w, lr, momentum=0.9: torch.optim.SGD(w, lr, momentum),
    "nesterov": lambda w, lr, momentum=0.9: torch.optim.SGD(w, lr, momentum, nesterov=True),
    "adagrad": lambda w, lr, epsilon=1e-8: torch.optim.Adagrad(w, lr, eps=epsilon),
    "rmsprop": lambda w, lr, decay=0.9, epsilon=1e-8: torch.optim.RMSprop(w, lr, decay, epsilon),
    "adam": lambda w, lr, beta1=0.9, beta2=0.999, epsilon=1e-8: torch.optim.Adam(w, lr, (beta1, beta2), epsilon),
    "adamw": lambda w, lr, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.01: torch.optim.AdamW(
        w, lr, (beta1, beta2), epsilon, weight_decay
    ),
    "nadam": lambda w, lr, beta1=0.9, beta2=0.999, epsilon=1e-8: torch.optim.NAdam(w, lr, (beta1, beta2), epsilon),
}
OTHER_NUMBERS = {"momentum": 0.5, "decay": 0.8, "beta1": 0.7, "beta2": 0.95, "epsilon": 0.01, "weight_decay": 0.3}


def closure_of(model: Model, at: Any) -> Callable[[], Any]:
    """What training descends, from the definitions: the loss of all points, and the penalties of the weights."""
    points, targets = (tensor(array) for array in batches_of_data(model)[0])
    training, of_weights = model.training, tensor(is_weight(model.layers))

    def closure() -> Any:
        at.grad = None
        weights = at * of_weights
        value = DISTANCES[training.loss](outputs(model.layers, at, points), targets)
        value = value + training.l1 * weights.abs().sum() + training.l2 / 2 * (weights**2).sum()
        value.backward()
        return value

    return closure


@pytest.fixture
def _double_precision() -> Iterator[None]:
    """Its NAdam keeps the product of all μ as a number of the default type."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.usefixtures("_double_precision")
@pytest.mark.parametrize("numbers", [{}, OTHER_NUMBERS], ids=["defaults", "other numbers"])
@pytest.mark.parametrize("name", SHARED)
def test_forty_steps_of_an_optimiser_are_torchs(name: str, numbers: dict[str, float]) -> None:
    """Of a network without kinks, so that rounding does not decide anything."""
    layers = (Layer(4, ("tanh", "sin", "gelu", "sigmoid")), Layer(3, ("identity",) * 3, skip=True))
    own = {entry.name: numbers[entry.name] for entry in OPTIMIZERS[name].hyperparameters if entry.name in numbers}
    settings: dict[str, Any] = {"optimizer": name, "hyperparameters": own, "learning_rate": 0.02, "batch_size": 4000}
    model = model_of(layers, dataset("gaussians", 3, n=60), l2=0.1, **settings)
    trained = train_slice(model, Budget(steps=40, snapshots=0), "numpy").model
    at = tensor(model.parameters).requires_grad_()
    theirs = SHARED[name]([at], 0.02, **own)
    closure = closure_of(model, at)
    for _ in range(40):
        theirs.step(closure)
    assert np.abs(trained.parameters - model.parameters).max() > 0.1
    np.testing.assert_allclose(trained.parameters, at.detach().numpy(), rtol=1e-9, atol=1e-11)


CONVEX = {
    "scores with a penalty": model_of(uniform_layers([3], "identity"), dataset("gaussians", 3, n=90), l2=0.05),
    "a line": model_of(uniform_layers([1], "identity"), dataset("plane", n=60, noise=0.3), loss="mean_squared_error"),
    "what one neuron makes of products": model_of(
        (Layer(1, ("identity",), pre="square"),), dataset("saddle", n=60, noise=0.1), loss="huber", l2=0.01
    ),
}


@pytest.mark.parametrize("model", CONVEX.values(), ids=CONVEX)
def test_lbfgs_ends_where_torchs_ends(model: Model) -> None:
    """Where there is one minimum only."""
    model = replace(model, training=replace(model.training, optimizer="lbfgs"))
    trained = train_slice(model, Budget(steps=60, snapshots=0)).model
    at = tensor(model.parameters).requires_grad_()
    numbers = {"max_iter": 200, "tolerance_grad": 1e-13, "tolerance_change": 0, "history_size": 10}
    theirs = torch.optim.LBFGS([at], **numbers, line_search_fn="strong_wolfe")
    theirs.step(closure_of(model, at))
    assert np.abs(gradient(trained)[1]).max() < 1e-9
    np.testing.assert_allclose(trained.parameters, at.detach().numpy(), rtol=1e-6, atol=1e-7)
