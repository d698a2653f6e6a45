"""A model as a program: the numpy script is run and agrees with nets; the others are read, and run where possible."""

import ast
import builtins
import math
import subprocess
import sys
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nets import ACTIVATIONS, create, dataset
from nets.code import FORMATS, code
from nets.code_expressions import EXPRESSIONS, OFF
from nets.code_parts import Run, definitions, function_name, literal, parts_of, runs
from nets.model import Model
from nets.network import Layer, Layers, forward, split
from tests.nets.models import MIXED, model_of

DATA = dataset("moons", n=20)
NAMES = tuple(ACTIVATIONS)
ONE_OF_EACH: Layers = (
    Layer(len(NAMES), NAMES, skip=True),
    Layer(4, ("tanh", "tanh", "relu", "tanh"), pre="sigmoid", skip=True),
    Layer(2, ("identity", "identity")),
)
PRES: Layers = (
    Layer(5, ("tanh",) * 5),
    *(Layer(3, ("sin",) * 3, pre=name, skip=i % 2 == 0) for i, name in enumerate(NAMES[:7])),
)
MODELS = {
    "one layer": create(DATA, hidden=[]),
    "regression": create(dataset("saddle", n=20), hidden=[3]),
    "mixed": model_of(MIXED, DATA),
    "every nonlinearity": model_of(ONE_OF_EACH, DATA),
    "skip and pre in every layer": model_of(PRES, DATA),
    "another domain": replace(model_of(MIXED, DATA, seed=3), domain=((10.0, 12.0), (-300.0, 5.0))),
    "deep": create(DATA, hidden=[32] * 7, activation="gelu"),
}
models = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
formats = pytest.mark.parametrize("name", FORMATS)


def points_over(model: Model, n: int = 200) -> np.ndarray:
    low, high = np.array(model.domain).T
    return np.random.default_rng(7).uniform(low, high, (n, 2))


def outputs_of(model: Model, points: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return forward(model.layers, model.parameters, points.T)[-1].activation.T


def run(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, path], capture_output=True, text=True, check=False, cwd=path.parent)


# numpy


@models
def test_the_numpy_script_computes_what_the_library_does(model: Model) -> None:
    scope: dict[str, Any] = {}
    exec(compile(code(model, "numpy"), "relief.py", "exec"), scope)
    points = points_over(model)
    np.testing.assert_allclose(scope["forward"](points), outputs_of(model, points), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("model", [MODELS["mixed"], MODELS["every nonlinearity"]], ids=["mixed", "every nonlinearity"])
def test_the_numpy_script_runs_by_itself_and_prints_its_outputs(model: Model, tmp_path: Path) -> None:
    script = tmp_path / "relief.py"
    script.write_text(code(model, "numpy"))
    result = run(script)
    assert (result.returncode, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) == 3


def test_a_numpy_script_with_another_weight_fails(tmp_path: Path) -> None:
    text = code(MODELS["mixed"], "numpy")
    weight = repr(float(MODELS["mixed"].parameters[0]))
    script = tmp_path / "relief.py"
    script.write_text(text.replace(weight, "0.9"))
    assert "AssertionError" in run(script).stderr


def test_a_hole_is_expected_where_the_model_has_one() -> None:
    layers: Layers = (*(Layer(2, ("square",) * 2),) * 4, Layer(2, ("identity",) * 2))
    model = model_of(layers, DATA)
    text = code(replace(model, parameters=1e30 * model.parameters), "numpy")
    assert 'float("inf")' in text or 'float("nan")' in text
    exec(compile(text, "relief.py", "exec"), {"__name__": "__main__"})


# Every library: syntax, and the numbers that stand in the text.


@models
@formats
def test_every_script_is_python_with_short_names_that_python_does_not_have_already(name: str, model: Model) -> None:
    tree = ast.parse(code(model, name))
    defined = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not [found for found in defined if found in dir(builtins)]
    assert len(defined) == len(set(defined))


def literals(tree: ast.AST) -> dict[str, Any]:
    """Return every constant that is assigned to a name, arrays without what makes them arrays."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = node.value.args[0] if isinstance(node.value, ast.Call) and node.value.args else node.value
            try:
                found[node.targets[0].id] = ast.literal_eval(value)
            except ValueError:
                continue
    return found


def weights_in(name: str, model: Model) -> list[tuple[np.ndarray, np.ndarray]]:
    found = literals(ast.parse(code(model, name)))
    parts = [part.name for part in parts_of(model).layers]
    if name == "numpy":
        pairs = [(found[f"W{i + 1}"], found[f"b{i + 1}"]) for i in range(len(parts))]
    elif name == "torch":
        pairs = [(found["STATE"][f"{part}.weight"], found["STATE"][f"{part}.bias"]) for part in parts]
    else:
        pairs = [found["WEIGHTS"][part] for part in parts]
    return [(np.array(weights), np.array(biases)) for weights, biases in pairs]


@models
@formats
def test_every_script_holds_the_weights_to_the_bit(name: str, model: Model) -> None:
    for ours, reference in zip(weights_in(name, model), split(model.layers, model.parameters), strict=True):
        for array, expected in zip(ours, reference, strict=True):
            assert array.shape == expected.shape
            np.testing.assert_array_equal(array, expected)


def calls(tree: ast.AST, function: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == function
    ]


@models
def test_every_layer_of_the_other_libraries_has_the_models_shape(model: Model) -> None:
    linear = [[ast.literal_eval(arg) for arg in call.args] for call in calls(ast.parse(code(model, "torch")), "Linear")]
    shapes = [weights.shape for weights, _ in split(model.layers, model.parameters)]
    assert linear == [[inputs, width] for width, inputs in shapes]
    dense = [ast.literal_eval(call.args[0]) for call in calls(ast.parse(code(model, "keras")), "Dense")]
    assert dense == [width for width, _ in shapes]


# Where the libraries are installed, their scripts are run. Each checks itself.


@models
@pytest.mark.parametrize(("name", "package"), [("torch", "torch"), ("keras", "keras")])
def test_the_script_runs_where_its_library_is_installed(name: str, package: str, model: Model, tmp_path: Path) -> None:
    pytest.importorskip(package)
    script = tmp_path / "relief.py"
    script.write_text(code(model, name))
    result = run(script)
    assert result.returncode == 0, result.stderr


# The table of expressions.


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_nonlinearity_has_its_expression_and_the_numpy_one_is_right(name: str) -> None:
    z = np.concatenate([np.linspace(-40, 40, 321), [-1e3, 1e3, 0.0]])
    scope: dict[str, Any] = {"np": np}
    exec(definitions([name], "numpy"), scope)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(scope[function_name(name)](z), ACTIVATIONS[name].value(z), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("row", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_every_expression_is_one_of_z_alone(row: Any) -> None:
    for text, library in ((row.numpy, "np"), (row.torch, "torch"), (row.keras, "ops")):
        names = {node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)}
        assert "z" in names <= {"z", library}


class Library:
    """The functions of ``torch`` and of ``keras.ops`` that the expressions use, written down from their manuals."""

    relu = staticmethod(lambda z: np.maximum(z, 0))
    leaky_relu = staticmethod(lambda z, slope: np.where(z >= 0, z, slope * z))
    elu = staticmethod(lambda z: np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1))
    sigmoid = staticmethod(lambda z: 1 / (1 + np.exp(-z)))
    silu = staticmethod(lambda z: z / (1 + np.exp(-z)))
    clamp = clip = staticmethod(np.clip)
    logaddexp, zeros_like, square = (staticmethod(f) for f in (np.logaddexp, np.zeros_like, np.square))
    tanh, sin, exp, abs, log, sqrt = (staticmethod(f) for f in (np.tanh, np.sin, np.exp, np.abs, np.log, np.sqrt))

    @staticmethod
    def gelu(z: np.ndarray, approximate: Any) -> np.ndarray:
        assert approximate in ("tanh", True)
        return 0.5 * z * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))

    @staticmethod
    def cast(z: np.ndarray, dtype: Any) -> np.ndarray:
        return z.astype(dtype)


@dataclass
class Torch(Library):
    nn: Any = None


Torch.nn = type("nn", (), {"functional": Library})


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_what_the_manuals_say_of_the_other_libraries_gives_the_same_numbers(name: str) -> None:
    z = np.linspace(-20, 20, 321)

    class Tensor(np.ndarray):
        def to(self, dtype: Any) -> np.ndarray:
            return self.astype(dtype)

    for library, module in (("torch", {"torch": Torch}), ("keras", {"ops": Library})):
        with np.errstate(all="ignore"):
            found = eval(getattr(EXPRESSIONS[name], library), {"z": z.view(Tensor), **module})
            np.testing.assert_allclose(np.asarray(found), ACTIVATIONS[name].value(z), rtol=1e-9, atol=1e-12)


# Parts.


def test_neurons_with_one_nonlinearity_are_written_together() -> None:
    assert runs(Layer(4, ("tanh", "tanh", "relu", "tanh"))) == (Run("tanh", 0, 2), Run("relu", 2, 3), Run("tanh", 3, 4))


def test_a_neuron_that_is_switched_off_answers_nothing_in_every_library() -> None:
    z = np.array([[1.0, -2.0, np.nan]])
    for library, module in (("numpy", {"np": np}), ("torch", {"torch": np}), ("keras", {"ops": np})):
        off = eval(getattr(EXPRESSIONS[OFF], library), {"z": z, **module})
        np.testing.assert_array_equal(off, np.zeros((1, 3)))


@pytest.mark.parametrize("values", [np.array([0.1, -1e-300, 1e30, np.nan, np.inf, -np.inf]), np.eye(2)])
def test_a_literal_reads_back_to_the_same_bits(values: np.ndarray) -> None:
    np.testing.assert_array_equal(np.array(eval(literal(values))), values)


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="unknown format 'fortran'; choose from numpy, torch, keras"):
        code(MODELS["mixed"], "fortran")


def test_nothing_but_numpy_is_needed_to_write_a_script() -> None:
    assert find_spec("nets.code") is not None
    script = "import sys, nets.code; sys.exit(any(name in sys.modules for name in ('torch', 'keras', 'app', 'dash')))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
