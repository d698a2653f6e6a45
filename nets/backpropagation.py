"""Backpropagation: the loss of a batch and its slope at every parameter."""

import numpy as np
from numpy.typing import NDArray

from nets.losses import Loss
from nets.network import N_INPUTS, Layers, Part, plan

Array = NDArray[np.float64]


class Backpropagation:
    """Reverse accumulation (Linnainmaa, 1970) through one network for batches of n points, in arrays made once.

    It reads the parameters from a vector, and writes the gradient to another, that belong to somebody else.
    """

    def __init__(
        self, layers: Layers, parameters: Array, gradient: Array, loss: Loss, n: int, *, has_dropout: bool = False
    ) -> None:
        """Make the arrays.

        Args:
            parameters: (p,) float64; every call reads what stands there by then.
            gradient: (p,) float64; every call writes to it.
            loss: what is differentiated.
            n: points of a batch.
            has_dropout: whether calls bring masks.
        """
        self._write_loss_slope = loss.write_slope
        self._outputs, self._outputs_slope = np.empty((2, layers[-1].width, n))
        self._scratch = np.empty((layers[-1].width + 1, n))
        passed_on, upstream, units = self._outputs, self._outputs_slope, None
        self._layers: list[_LayerPass] = []
        for part in reversed(plan(layers)):
            layer = _LayerPass(part, parameters, gradient, n, passed_on=passed_on, upstream=upstream, units=units)
            self._layers.insert(0, layer)
            passed_on, upstream = layer.received[: part.before], layer.received_slope[: part.before]
            units = slice(part.units.start - part.before, part.units.start) if has_dropout else None
        self._points = [place for layer in self._layers for place in layer.places_of_points()]

    def __call__(self, points: Array, targets: Array, masks: Array | None = None) -> float:
        """Return the loss and write its gradient.

        Args:
            points: (2, n) float64.
            targets: (outputs, n) float64; one-hot columns for classes, values for regression.
            masks: (hidden neurons, n or 1) float64, what their activations are multiplied by; None for nothing.
        """
        for place in self._points:
            np.copyto(place, points)
        for layer in self._layers:
            layer.forward(masks)
        value = self._write_loss_slope(self._outputs, targets, self._outputs_slope, self._scratch)
        for layer in reversed(self._layers):
            layer.backward(masks)
        return value


class _LayerPass:
    """One layer's arrays, and its part of both passes.

    What it receives is an array of its own, into which the layer before writes what it passes on, and into which
    the points are copied where it sees them too. The slopes of the loss go the other way likewise.
    """

    def __init__(
        self,
        part: Part,
        parameters: Array,
        gradient: Array,
        n: int,
        *,
        passed_on: Array,
        upstream: Array,
        units: slice | None,
    ) -> None:
        """Make the arrays but for ``passed_on`` and ``upstream``, (width, n), which belong to the layer after this one.

        ``units`` are this layer's rows of the masks; None where nothing is dropped.
        """
        width, n_inputs = part.shape
        self._pre, self._write_value, self._write_slope = part.pre, part.write_value, part.write_slope
        self._units = units
        self._before, self._off = part.before, part.off
        self._is_first = part.weights.start == 0
        self._weights = parameters[part.weights].reshape(part.shape)
        self._weights_transposed = self._weights.T
        self._biases = parameters[part.biases, None]
        self._weights_gradient = gradient[part.weights].reshape(part.shape)
        self._biases_gradient = gradient[part.biases]
        self.received, self.received_slope, self._pre_slope = np.empty((3, n_inputs, n))
        self._inputs = np.empty_like(self.received) if part.pre else self.received
        self._inputs_transposed = self._inputs.T
        self._passed_on, self._upstream = passed_on, upstream
        self._a = np.empty((width, n)) if units else passed_on
        self._z = np.empty((width, n)) if part.write_value else self._a
        self._slope = np.empty((width, n))

    def places_of_points(self) -> list[Array]:
        """Return those pairs of rows of what is received that are the network's inputs."""
        first = 0 if self._is_first else self._before
        return [self.received[row : row + N_INPUTS] for row in range(first, len(self.received), N_INPUTS)]

    def forward(self, masks: Array | None) -> None:
        if self._pre is not None:
            self._pre.write_value(self.received, self._inputs)
        np.dot(self._weights, self._inputs, self._z)
        np.add(self._z, self._biases, self._z)
        if self._write_value is not None:
            self._write_value(self._z, self._a)
        if self._units is not None and masks is not None:
            np.multiply(self._a, masks[self._units], self._passed_on)

    def backward(self, masks: Array | None) -> None:
        upstream = self._upstream
        if self._units is not None and masks is not None:
            mask = masks[self._units]
            np.copyto(upstream, 0, where=mask == 0)  # however steep what follows is
            np.multiply(upstream, mask, upstream)
        for row in self._off:
            upstream[row] = 0  # likewise
        if self._write_slope is not None:
            self._write_slope(self._z, self._a, self._slope)
            np.multiply(upstream, self._slope, upstream)
        np.dot(upstream, self._inputs_transposed, self._weights_gradient)
        np.add.reduce(upstream, axis=1, out=self._biases_gradient)
        if self._is_first:
            return
        np.dot(self._weights_transposed, upstream, self.received_slope)
        if self._pre is not None:
            self._pre.write_slope(self.received, self._inputs, self._pre_slope)
            np.multiply(self.received_slope, self._pre_slope, self.received_slope)


def loss_and_gradient(
    layers: Layers, parameters: Array, points: Array, targets: Array, loss: Loss
) -> tuple[float, Array]:
    """Return the loss over a batch and its gradient.

    Args:
        parameters: (p,) float64.
        points: (2, n) float64.
        targets: (outputs, n) float64; one-hot columns for classes, values for regression.

    Returns:
        the loss, and d loss / d parameters of shape (p,).
    """
    gradient = np.empty_like(parameters)
    return Backpropagation(layers, parameters, gradient, loss, points.shape[1])(points, targets), gradient
