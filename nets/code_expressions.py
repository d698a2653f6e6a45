"""Nonlinearities as they are written in other programs: a row per nonlinearity, a column per library.

Each cell is an expression in ``z``, an array of that library; the first column is also the
reference for what the others have to compute. ``OFF`` is the row of a neuron that is switched off.
"""

from dataclasses import dataclass

OFF = "off"


@dataclass(frozen=True)
class Expression:
    """One nonlinearity in every library's words.

    Attributes:
        name: as in ``nets.activations``.
        numpy: with ``numpy`` as ``np``.
        torch: with ``torch``.
        keras: with ``keras.ops`` as ``ops``.
    """

    name: str
    numpy: str
    torch: str
    keras: str


_SIGMOID = "np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))"  # 1 / (1 + exp(-z)) without overflow

_ROWS = (
    Expression("identity", "z", "z", "z"),
    Expression("relu", "np.maximum(z, 0)", "torch.relu(z)", "ops.relu(z)"),
    Expression(
        "leaky_relu",
        "np.maximum(z, 0.01 * z)",
        "torch.nn.functional.leaky_relu(z, 0.01)",
        "ops.leaky_relu(z, 0.01)",
    ),
    Expression(
        "elu",
        "np.where(z > 0, z, np.expm1(np.minimum(z, 0)))",
        "torch.nn.functional.elu(z)",
        "ops.elu(z)",
    ),
    Expression(
        "softplus",
        "np.logaddexp(z, 0)",
        "torch.logaddexp(z, torch.zeros_like(z))",
        "ops.logaddexp(z, ops.zeros_like(z))",
    ),
    Expression("tanh", "np.tanh(z)", "torch.tanh(z)", "ops.tanh(z)"),
    Expression("sigmoid", _SIGMOID, "torch.sigmoid(z)", "ops.sigmoid(z)"),
    Expression("hard_tanh", "np.clip(z, -1, 1)", "torch.clamp(z, -1, 1)", "ops.clip(z, -1, 1)"),
    Expression("sin", "np.sin(z)", "torch.sin(z)", "ops.sin(z)"),
    Expression("gaussian", "np.exp(-(z**2))", "torch.exp(-(z**2))", "ops.exp(-(z**2))"),
    Expression("step", "np.where(z > 0, 1.0, 0.0)", "(z > 0).to(z.dtype)", "ops.cast(z > 0, z.dtype)"),
    Expression("abs", "np.abs(z)", "torch.abs(z)", "ops.abs(z)"),
    Expression("square", "z**2", "z**2", "ops.square(z)"),
    Expression("silu", f"z * {_SIGMOID}", "torch.nn.functional.silu(z)", "ops.silu(z)"),
    Expression(
        "gelu",
        "0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))",
        "torch.nn.functional.gelu(z, approximate='tanh')",
        "ops.gelu(z, approximate=True)",
    ),
    Expression("log", "np.log(z)", "torch.log(z)", "ops.log(z)"),
    Expression("exp", "np.exp(z)", "torch.exp(z)", "ops.exp(z)"),
    Expression("sqrt", "np.sqrt(z)", "torch.sqrt(z)", "ops.sqrt(z)"),
    Expression(OFF, "np.zeros_like(z)", "torch.zeros_like(z)", "ops.zeros_like(z)"),
)

EXPRESSIONS: dict[str, Expression] = {row.name: row for row in _ROWS}
