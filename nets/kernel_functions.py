"""Nonlinearities for the kernel: the compiled twins of ``nets.activations``, a row of numbers at a time.

exp is written out, because a loop that calls the C library cannot work on several numbers at once. What it gives is
right within a few units in the last place, as ``nets.activations`` is.
"""

import hashlib
import math
import platform
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import config, njit, types
from numba.extending import intrinsic

from nets.activations import GELU_CUBIC, GELU_SCALE, LEAK

LOG2_E = 1 / math.log(2)
LN2_HIGH = float(np.float32(math.log(2)))  # of few enough bits that k times it is exact
LN2_LOW = float(Decimal(2).ln() - Decimal(LN2_HIGH))
ROUND = 1.5 * 2.0**52  # adding it to a float rounds, and leaves the integer in the last bits
FRACTION_BITS, BIAS = 52, 1023  # of a float64
LOWEST, HIGHEST = -708.0, 709.0  # exp is a normal number in between
SATURATED = 20.0  # tanh is 1 to the last bit from here on

NAMES = (
    "identity",
    "relu",
    "leaky_relu",
    "elu",
    "softplus",
    "tanh",
    "sigmoid",
    "hard_tanh",
    "sin",
    "gaussian",
    "step",
    "abs",
    "square",
    "silu",
    "gelu",
    "log",
    "exp",
    "sqrt",
)
(
    IDENTITY,
    RELU,
    LEAKY_RELU,
    ELU,
    SOFTPLUS,
    TANH,
    SIGMOID,
    HARD_TANH,
    SIN,
    GAUSSIAN,
    STEP,
    ABS,
    SQUARE,
    SILU,
    GELU,
    LOG,
    EXP,
    SQRT,
) = range(len(NAMES))
OFF = -1  # of a neuron that is switched off


@intrinsic
def _bits_of(typing_context: Any, number: Any) -> Any:
    """Return the 64 bits of a float as an integer."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def _float_of(typing_context: Any, bits: Any) -> Any:
    """Return the float that has these 64 bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


def _aim() -> None:
    """Compile for every processor of a kind and not for this one only: what an image holds must run anywhere, alike.

    Raises:
        ImportError: where the processor is older than that kind.
    """
    if platform.machine() in ("x86_64", "AMD64"):
        features = binding.get_host_cpu_features()
        if not (features.get("avx2") and features.get("fma")):
            raise ImportError("the kernel needs a processor with AVX2")
        config.CPU_NAME, config.CPU_FEATURES = "x86-64-v3", ""


def _keep_apart() -> None:
    """Keep what these sources are compiled to in a directory of its own: numba looks at one of them at a time."""
    here = Path(__file__).parent
    sources = b"".join(path.read_bytes() for path in (here / "activations.py", *sorted(here.glob("kernel*.py"))))
    config.CACHE_DIR = str(Path(config.CACHE_DIR or here / "__pycache__") / hashlib.sha256(sources).hexdigest()[:12])


_aim()
_keep_apart()
# A product and a sum may become one instruction, which rounds once instead of twice.
OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "fastmath": {"contract"}}
compiled: Callable[..., Any] = njit(**OPTIONS)


@compiled
def _quotient(x: float) -> tuple[float, float, float]:
    """Return s = 2^k, A and B with exp(x) = s (A + B) / (A − B), for x from −708 to 709.

    A and B are the even and the odd part of Padé's approximant of exp(r) of order [6/6], for r = x − k ln 2.
    """
    shifted = x * LOG2_E + ROUND
    k = shifted - ROUND
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    square = r * r
    even = 1 + square * (5 / 44 + square * (1 / 792 + square / 665280))
    odd = r * (1 / 2 + square * (1 / 66 + square / 15840))
    return _float_of((_bits_of(shifted) + BIAS) << FRACTION_BITS), even, odd


@compiled
def exp(x: float) -> float:
    """Return exp(x); beyond −708 and 709 it stays what it is there."""
    x = LOWEST if x < LOWEST else x
    s, even, odd = _quotient(HIGHEST if x > HIGHEST else x)
    return s * ((even + odd) / (even - odd))


@compiled
def _exp_less_one(x: float) -> float:
    """Return exp(x) − 1 without cancellation, for x from −708 to 709."""
    s, even, odd = _quotient(x)
    return ((s - 1) * even + (s + 1) * odd) / (even - odd)


@compiled
def _tanh(z: float) -> float:
    """Return (e − 1) / (e + 1) with e = exp(2z), without cancellation."""
    z = -SATURATED if z < -SATURATED else z
    s, even, odd = _quotient(2 * (SATURATED if z > SATURATED else z))
    return ((s - 1) * even + (s + 1) * odd) / ((s + 1) * even + (s - 1) * odd)


@compiled
def _logistic(z: float) -> float:
    """Return 1 / (1 + e) with e = exp(−z)."""
    z = -HIGHEST if z < -HIGHEST else z
    s, even, odd = _quotient(-(-LOWEST if z > -LOWEST else z))
    return (even - odd) / ((even - odd) + s * (even + odd))


@compiled
def _gelu_gate(z: float) -> float:
    return _logistic(2 * GELU_SCALE * (z + GELU_CUBIC * z * z * z))


@compiled
def write_value(name: int, z: Any, a: Any) -> None:
    """Write the nonlinearity number ``name`` of a row z (n,) into the row a."""
    if name == IDENTITY:
        for p in range(z.size):
            a[p] = z[p]
    elif name == RELU:
        for p in range(z.size):
            a[p] = 0.0 if z[p] <= 0 else z[p]  # so that NaN stays what it is
    elif name == LEAKY_RELU:
        for p in range(z.size):
            a[p] = LEAK * z[p] if z[p] <= 0 else z[p]
    elif name == ELU:
        for p in range(z.size):
            bent = _exp_less_one(max(min(z[p], 0.0), LOWEST))
            a[p] = z[p] if not z[p] <= 0 else bent
    elif name == SOFTPLUS:
        for p in range(z.size):
            a[p] = max(z[p], 0.0) + math.log1p(exp(-abs(z[p])))
    elif name == TANH:
        for p in range(z.size):
            a[p] = _tanh(z[p])
    elif name == SIGMOID:
        for p in range(z.size):
            a[p] = _logistic(z[p])
    elif name == HARD_TANH:
        for p in range(z.size):
            cut = 1.0 if z[p] > 1 else z[p]
            a[p] = -1.0 if z[p] < -1 else cut
    elif name == SIN:
        for p in range(z.size):
            a[p] = math.sin(z[p])
    elif name == GAUSSIAN:
        for p in range(z.size):
            a[p] = exp(-z[p] * z[p])
    elif name == STEP:
        for p in range(z.size):
            a[p] = 1.0 if z[p] > 0 else 0.0
    elif name == ABS:
        for p in range(z.size):
            a[p] = abs(z[p])
    elif name == SQUARE:
        for p in range(z.size):
            a[p] = z[p] * z[p]
    elif name == SILU:
        for p in range(z.size):
            a[p] = z[p] * _logistic(z[p])
    elif name == GELU:
        for p in range(z.size):
            a[p] = z[p] * _gelu_gate(z[p])
    elif name == LOG:
        for p in range(z.size):
            a[p] = np.log(z[p])
    elif name == EXP:
        for p in range(z.size):
            a[p] = math.exp(z[p])  # which overflows
    elif name == SQRT:
        for p in range(z.size):
            a[p] = np.sqrt(z[p])
    elif name == OFF:
        for p in range(z.size):
            a[p] = 0.0


@compiled
def multiply_by_slope(name: int, z: Any, a: Any, upstream: Any) -> None:
    """Multiply a row ``upstream`` (n,) by the slope da/dz of nonlinearity number ``name``."""
    if name == OFF:
        for p in range(z.size):
            upstream[p] = 0.0
    elif name in (RELU, STEP):
        for p in range(z.size):
            upstream[p] *= 1.0 if name == RELU and z[p] > 0 else 0.0
    elif name == LEAKY_RELU:
        for p in range(z.size):
            upstream[p] *= 1.0 if z[p] > 0 else LEAK
    elif name == ELU:
        for p in range(z.size):
            upstream[p] *= 1.0 if z[p] > 0 else a[p] + 1
    elif name == SOFTPLUS:
        for p in range(z.size):
            upstream[p] *= _logistic(z[p])
    elif name == TANH:
        for p in range(z.size):
            upstream[p] *= 1 - a[p] * a[p]
    elif name == SIGMOID:
        for p in range(z.size):
            upstream[p] *= a[p] * (1 - a[p])
    elif name == HARD_TANH:
        for p in range(z.size):
            upstream[p] *= 1.0 if abs(z[p]) < 1 else 0.0
    elif name == SIN:
        for p in range(z.size):
            upstream[p] *= math.cos(z[p])
    elif name == GAUSSIAN:
        for p in range(z.size):
            upstream[p] *= -2 * z[p] * a[p]
    elif name == ABS:
        for p in range(z.size):
            left = -1.0 if z[p] < 0 else 0.0
            upstream[p] *= 1.0 if z[p] > 0 else left
    elif name == SQUARE:
        for p in range(z.size):
            upstream[p] *= 2 * z[p]
    elif name == SILU:
        for p in range(z.size):
            gate = _logistic(z[p])
            upstream[p] *= gate + a[p] * (1 - gate)
    elif name == GELU:
        for p in range(z.size):
            gate = _gelu_gate(z[p])
            upstream[p] *= gate + a[p] * (1 - gate) * 2 * GELU_SCALE * (1 + 3 * GELU_CUBIC * z[p] * z[p])
    elif name == LOG:
        for p in range(z.size):
            upstream[p] /= abs(z[p]) if z[p] >= 0 else np.nan
    elif name == EXP:
        for p in range(z.size):
            upstream[p] *= a[p]
    elif name == SQRT:
        for p in range(z.size):
            upstream[p] *= 0.5 / abs(a[p])
