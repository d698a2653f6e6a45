"""Optimisers for the kernel: the compiled twins of ``nets.optimizers``."""

import math
from typing import Any

from nets.kernel_functions import compiled

NAMES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "nadam", "lion")
SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM, ADAMW, NADAM, LION = range(len(NAMES))
NUMBERS = ("momentum", "decay", "beta1", "beta2", "epsilon", "weight_decay")  # in this order


@compiled
def write_update(name: int, rate: float, numbers: Any, w: Any, g: Any, state: Any, new: Any, new_state: Any) -> None:
    """Write the update of optimiser number ``name``: parameters w, (p,), and state; g is the gradient."""
    momentum, decay, beta1, beta2, epsilon, weight_decay = numbers
    p = w.size
    if name == SGD:
        for i in range(p):
            new[i] = w[i] - rate * g[i]
    elif name == MOMENTUM:
        for i in range(p):
            new_state[i] = momentum * state[i] + g[i]
            new[i] = w[i] - rate * new_state[i]
    elif name == NESTEROV:
        for i in range(p):
            new_state[i] = momentum * state[i] + g[i]
            new[i] = w[i] - rate * (momentum * new_state[i] + g[i])
    elif name == ADAGRAD:
        for i in range(p):
            new_state[i] = state[i] + g[i] * g[i]
            new[i] = w[i] - rate * g[i] / (math.sqrt(new_state[i]) + epsilon)
    elif name == RMSPROP:
        for i in range(p):
            new_state[i] = decay * state[i] + (1 - decay) * g[i] * g[i]
            new[i] = w[i] - rate * g[i] / (math.sqrt(new_state[i]) + epsilon)
    elif name == LION:
        for i in range(p):
            between = beta1 * state[i] + (1 - beta1) * g[i]
            sign = (1.0 if between > 0 else 0.0) - (1.0 if between < 0 else 0.0)
            new[i] = w[i] * (1 - rate * weight_decay) - rate * sign
            new_state[i] = beta2 * state[i] + (1 - beta2) * g[i]
    else:
        _write_adam(name, rate, beta1, beta2, epsilon, weight_decay, w, g, state, new, new_state)


@compiled
def _write_adam(
    name: int,
    rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    weight_decay: float,
    w: Any,
    g: Any,
    state: Any,
    new: Any,
    new_state: Any,
) -> None:
    """Write the update of adam, adamw or nadam, whose states begin with m and v and end with the step count."""
    p = w.size
    t = state[-1] + 1
    new_state[-1] = t
    correction = math.sqrt(1 - beta2**t)
    of_m, of_g = 1 / (1 - beta1**t), 0.0
    if name == NADAM:
        mu = beta1 * (1 - 0.5 * 0.96 ** (0.004 * t))
        next_mu = beta1 * (1 - 0.5 * 0.96 ** (0.004 * (t + 1)))
        product = mu * (state[-2] if t > 1 else 1.0)
        new_state[-2] = product
        of_m, of_g = next_mu / (1 - product * next_mu), (1 - mu) / (1 - product)
    left = 1 - rate * weight_decay if name == ADAMW else 1.0
    for i in range(p):
        m = beta1 * state[i] + (1 - beta1) * g[i]
        v = beta2 * state[p + i] + (1 - beta2) * (g[i] * g[i])
        new_state[i] = m
        new_state[p + i] = v
        step = rate * correction * (of_m * m + of_g * g[i]) / (math.sqrt(v) + epsilon * correction)
        new[i] = left * w[i] - step
