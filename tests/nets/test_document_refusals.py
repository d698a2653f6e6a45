"""Documents that are wrong: each is refused with the path of the field and a sentence that says what is wrong."""

import copy
import re
import tracemalloc
from typing import Any

import numpy as np
import pytest

from nets.document import encode, parse, serialise
from nets.fields import DocumentError
from nets.training import Budget, train_slice
from tests.nets.models import spiral_model

VALID = serialise(train_slice(spiral_model(), Budget(steps=6)).model)  # 2-4-3, adam, in the second of four batches
PARAMETERS, STATE = 27, 55  # numbers in it

NAN, INFINITY = float("nan"), float("inf")
MISSING = object()


def edited(edits: dict[str, Any]) -> Any:
    """The valid document with the values at some paths, written as errors write them, replaced or taken out."""
    document = copy.deepcopy(VALID)
    for path, value in edits.items():
        *containers, last = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", path)]
        place: Any = document
        for part in containers:
            place = place[part]
        if value is MISSING:
            del place[last]
        else:
            place[last] = value
    return document


def numbers(length: int, *extra: float, dtype: str = "<f8") -> str:
    """Base64 of ``length`` numbers, the last ones as given."""
    return encode(np.array([0.5] * (length - len(extra)) + [*extra]), dtype)


def points(n: int = 4, targets: Any = (0, 1, 2, 0), **fields: Any) -> dict[str, Any]:
    return {"points": [[0.1, 0.2]] * n, "targets": list(targets), **fields}


def refusal(document: Any) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        parse(document)
    return caught.value


# (path of what is wrong, what stands there, a part of the message)
WRONG: list[tuple[str, Any, str]] = [
    ("version", 2, "unknown version 2; this program reads version 1"),
    ("version", True, "unknown version True"),
    ("version", "1", "unknown version '1'"),
    ("version", MISSING, "the field 'version' is missing"),
    ("layers", MISSING, "the field 'layers' is missing"),
    ("parameters", MISSING, "the field 'parameters' is missing"),
    ("data", MISSING, "the field 'data' is missing"),
    ("colour", "red", "unknown field 'colour'; the fields are version, layers"),
    ("layers", {}, "expected a list of layers, found an object"),
    ("layers", "tanh", "expected a list of layers, found 'tanh'"),
    ("layers", [], "0 layers; allowed are 1 to 8"),
    ("layers", VALID["layers"] * 5, "10 layers; allowed are 1 to 8"),
    ("layers[0]", None, "expected an object, found None"),
    ("layers[0].units", 4, "unknown field 'units'; the fields are width, activation, pre, skip, frozen, off"),
    ("layers[0].width", MISSING, "the field 'width' is missing"),
    ("layers[0].width", 0, "expected a whole number from 1 to 32, found 0"),
    ("layers[0].width", 33, "found 33"),
    ("layers[0].width", 10**9, "found 1000000000"),
    ("layers[0].width", 10**400, "more than 40 digits"),
    ("layers[0].width", -4, "found -4"),
    ("layers[0].width", True, "found True"),
    ("layers[0].width", 4.0, "found 4.0"),
    ("layers[0].width", "4", "found '4'"),
    ("layers[0].width", [4], "found a list"),
    ("layers[0].activation", MISSING, "the field 'activation' is missing"),
    ("layers[1].activation", "swisch", "unknown activation 'swisch'; choose from identity, relu"),
    ("layers[0].activation", 3, "unknown activation 3"),
    ("layers[0].activation", ["tanh"] * 3, "3 activations for 4 neurons"),
    ("layers[0].pre", "logarithm", "unknown activation 'logarithm'"),
    ("layers[0].pre", ["tanh"] * 2, "unknown activation a list"),
    ("layers[0].skip", 1, "expected true or false, found 1"),
    ("layers[0].skip", "false", "expected true or false, found 'false'"),
    ("layers[0].frozen", 1, "expected a list of neurons, found 1"),
    ("layers[0].off", {"0": True}, "expected a list of neurons, found an object"),
    ("layers[0].frozen", [0] * 5, "5 neurons; allowed are 0 to 4"),
    ("parameters", None, "expected 27 float64 numbers in base64, found None"),
    ("parameters", [0.5] * PARAMETERS, "found a list"),
    ("parameters", "", "expected 27 float64 numbers, which are 288 characters of base64, found 0"),
    ("parameters", numbers(PARAMETERS)[:-4], "found 284"),
    ("parameters", numbers(PARAMETERS)[:-1], "found 287"),
    ("parameters", numbers(PARAMETERS, dtype="<f4"), "found 144"),
    ("parameters", numbers(PARAMETERS + 1), "found 300"),
    ("parameters", "!" * 288, "this is not base64"),
    ("parameters", "é" * 288, "this is not base64"),
    ("parameters", "=" * 288, "this is not base64"),
    ("parameters", numbers(PARAMETERS)[:-4] + "A===", "this is not base64"),
    ("data", [], "expected an object, found a list"),
    ("data.name", "mnist", "unknown data set 'mnist'; choose from spiral, circles"),
    ("data.name", None, "unknown data set None"),
    ("data.name", ["spiral"], "unknown data set a list"),
    ("data.radius", 1, "unknown field 'radius'"),
    ("data.n", 9, "expected a whole number from 10 to 4000, found 9"),
    ("data.n", 4001, "found 4001"),
    ("data.n", 10**9, "found 1000000000"),
    ("data.n", 48.0, "found 48.0"),
    ("data.noise", -0.1, "expected a number from 0 to 1, found -0.1"),
    ("data.noise", NAN, "found nan"),
    ("data.noise", INFINITY, "found inf"),
    ("data.noise", 10**400, "more than 40 digits"),
    ("data.noise", False, "found False"),
    ("data.noise", "0.1", "found '0.1'"),
    ("data.classes", 1, "expected a whole number from 2 to 5, found 1"),
    ("data.classes", 6, "found 6"),
    ("data.seed", -1, "expected a whole number from 0 to 4294967295, found -1"),
    ("data.seed", 2**32, "found 4294967296"),
    ("data.test", 1.0, "expected a number from 0 to 0.9, found 1.0"),
    ("data.test", -0.25, "found -0.25"),
    ("data.balance", 0.01, "expected a number from 0.05 to 1, found 0.01"),
    ("data.balance", 2, "found 2"),
    ("data.balance", None, "found None"),
    ("training", [], "expected an object, found a list"),
    ("training.mass", 0.9, "unknown field 'mass'"),
    ("training.loss", "hing", "unknown loss 'hing'; choose from softmax_cross_entropy"),
    ("training.optimizer", "lyon", "unknown optimizer 'lyon'; choose from sgd, momentum, nesterov"),
    ("training.optimizer", 0, "unknown optimizer 0"),
    ("training.learning_rate", 0, "expected a number from 1e-08 to 1000, found 0"),
    ("training.learning_rate", -0.1, "found -0.1"),
    ("training.learning_rate", 10_000, "found 10000"),
    ("training.learning_rate", NAN, "found nan"),
    ("training.learning_rate", True, "found True"),
    ("training.learning_rate", "0.01", "found '0.01'"),
    ("training.batch_size", 0, "expected a whole number from 1 to 4000, found 0"),
    ("training.batch_size", 4001, "found 4001"),
    ("training.batch_size", 2.5, "found 2.5"),
    ("training.l1", -1, "expected a number from 0 to 100, found -1"),
    ("training.l2", NAN, "found nan"),
    ("training.l2", None, "found None"),
    ("training.seed", 1.0, "found 1.0"),
    ("training.hyperparameters", [], "expected an object, found a list"),
    ("training.hyperparameters.mass", 0.9, "unknown hyperparameter 'mass'; those of adam are beta1, beta2, epsilon"),
    ("training.hyperparameters.momentum", 0.9, "unknown hyperparameter 'momentum'; those of adam are beta1"),
    ("training.hyperparameters.beta1", 1, "expected a number from 0 to 0.9999, found 1"),
    ("training.hyperparameters.beta2", "0.9", "found '0.9'"),
    ("training.hyperparameters.epsilon", 0, "expected a number from 1e-16 to 1, found 0"),
    ("training.schedule", "linear", "unknown schedule 'linear'; choose from constant, exponential"),
    ("training.schedule_epochs", 0, "expected a whole number from 1 to 1000000, found 0"),
    ("training.schedule_epochs", 2.5, "found 2.5"),
    ("training.input_noise", 1.5, "expected a number from 0 to 1, found 1.5"),
    ("training.input_noise", NAN, "found nan"),
    ("training.stop", None, "expected an object, found None"),
    ("training.stop.time", 5, "unknown field 'time'; the fields are epoch, loss, accuracy, plateau"),
    ("training.stop.epoch", 0, "expected a whole number from 1 to 1000000000, found 0"),
    ("training.stop.epoch", True, "found True"),
    ("training.stop.loss", -0.1, "found -0.1"),
    ("training.stop.loss", INFINITY, "found inf"),
    ("training.stop.accuracy", 95, "expected a number from 0 to 1, found 95"),
    ("training.stop.plateau", 0, "expected a whole number from 1 to 1000000, found 0"),
    ("training.stop.plateau", "20", "found '20'"),
    ("progress", None, "expected an object, found None"),
    ("progress.step", 3, "unknown field 'step'"),
    ("progress.epoch", -1, "expected a whole number from 0 to 1000000000, found -1"),
    ("progress.epoch", 10**10, "found 10000000000"),
    ("progress.batch", 4, "expected a whole number from 0 to 3, found 4"),
    ("progress.batch", True, "found True"),
    ("progress.state", None, "expected 55 float64 numbers in base64, found None"),
    ("progress.state", [], "found a list"),
    ("progress.state", numbers(PARAMETERS), "found 288"),
    ("progress.state", "*" * len(numbers(STATE)), "this is not base64"),
    ("progress.state", numbers(STATE)[:-1] + "A", "expected 440 bytes, found 441"),
    ("progress.state", numbers(STATE)[:-2] + "==", "expected 440 bytes, found 439"),
    ("progress.best", 3, "expected an object, found 3"),
    ("initial", "he", "expected an object, found 'he'"),
    ("initial.initializer", "xavier", "unknown initializer 'xavier'; choose from uniform, glorot, he"),
    ("initial.seed", -1, "found -1"),
    ("initial.gain", 0, "expected a number from 0.01 to 10, found 0"),
    ("initial.gain", 10.1, "found 10.1"),
    ("initial.gain", "1", "found '1'"),
    ("initial.bias", -0.1, "expected a number from 0 to 10, found -0.1"),
    ("initial.bias", 10.1, "found 10.1"),
    ("initial.bias", NAN, "found nan"),
    ("initial.bias", None, "found None"),
    ("initial.bias", True, "found True"),
    ("initial.scale", 1, "unknown field 'scale'"),
    ("domain", "unit", "expected a list of axes, found 'unit'"),
    ("domain", [[-1, 1]], "1 axes; allowed are 2 to 2"),
    ("domain[0]", [-1], "1 numbers; allowed are 2 to 2"),
    ("domain[0]", 1, "expected a list of numbers, found 1"),
    ("domain[1]", [1, -1], "the axis runs from 1 to -1"),
    ("domain[1]", [0.5, 0.5], "it must grow by at least 1e-06"),
    ("domain[0][1]", NAN, "expected a number from -1e+06 to 1e+06, found nan"),
    ("domain[1][0]", -1e7, "found -10000000.0"),
    ("domain[1][0]", "0", "found '0'"),
    ("inputs", None, "expected an object, found None"),
    ("inputs.mean", [0, 0], "unknown field 'mean'; the fields are centre, scale"),
    ("inputs.centre", 0, "expected a list of numbers, found 0"),
    ("inputs.centre", [0], "1 numbers; allowed are 2 to 2"),
    ("inputs.centre[1]", 1e7, "expected a number from -1e+06 to 1e+06, found 10000000.0"),
    ("inputs.centre[0]", NAN, "found nan"),
    ("inputs.scale[0]", 0, "expected a number from 5e-07 to 1e+06, found 0"),
    ("inputs.scale[1]", -1, "found -1"),
    ("inputs.scale[1]", INFINITY, "found inf"),
]

# (edits, path of what is wrong, a part of the message): what is wrong shows elsewhere than where it was edited
WRONG_TOGETHER: list[tuple[dict[str, Any], str, str]] = [
    (
        {"layers[0].activation": ["tanh", "relu", "logarithm", "sin"]},
        "layers[0].activation[2]",
        "unknown activation 'logarithm'",
    ),
    ({"layers[0].activation": ["tanh", None, "sin", "sin"]}, "layers[0].activation[1]", "unknown activation None"),
    ({"layers[0].width": 5}, "parameters", "expected 33 float64 numbers"),
    ({"layers[1].skip": True}, "parameters", "expected 33 float64 numbers"),
    ({"parameters": numbers(PARAMETERS, NAN)}, "parameters[26]", "number 26 is nan"),
    ({"parameters": numbers(PARAMETERS, INFINITY, 0)}, "parameters[25]", "number 25 is inf; allowed is up to ±1e+30"),
    ({"parameters": numbers(PARAMETERS, -2e30, 0, NAN)}, "parameters[24]", "number 24 is -2e+30"),
    ({"progress.state": numbers(STATE, NAN)}, "progress.state[54]", "number 54 is nan"),
    (
        {"progress.state": numbers(STATE, 2e100, 0)},
        "progress.state[53]",
        "number 53 is 2e+100; allowed is up to ±1e+100",
    ),
    ({"layers[0].frozen": [0, 4]}, "layers[0].frozen[1]", "expected a whole number from 0 to 3, found 4"),
    ({"layers[0].off": [-1]}, "layers[0].off[0]", "found -1"),
    ({"layers[0].off": [True]}, "layers[0].off[0]", "found True"),
    ({"layers[0].off": [1, 0, 1]}, "layers[0].off[2]", "neuron 1 is in the list twice"),
    (
        {"training.optimizer": "sgd", "training.hyperparameters": {"momentum": 0.5}},
        "training.hyperparameters.momentum",
        "unknown hyperparameter 'momentum'; sgd has none",
    ),
    ({"progress.best": {"epoch": 1}}, "progress.best.loss", "the field 'loss' is missing"),
    ({"progress.best": {"epoch": 2, "loss": 1}}, "progress.best.epoch", "expected a whole number from 0 to 1, found 2"),
    ({"progress.best": {"epoch": 1, "loss": NAN}}, "progress.best.loss", "found nan"),
    ({"data": {}}, "data.name", "the field 'name' is missing"),
    ({"data.classes": 4}, "layers[1].width", "3 outputs, but the data has 4 classes, one output each"),
    ({"data": {"name": "saddle"}}, "training.loss", "softmax_cross_entropy is not for regression; choose from mean_"),
    ({"data": {"name": "saddle"}, "training": {}}, "layers[1].width", "the data has numbers to predict, one output"),
    ({"data": {"name": "saddle", "classes": 2}}, "data.classes", "expected a whole number from 0 to 0, found 2"),
    ({"training.optimizer": "sgd"}, "progress.state", "expected 0 float64 numbers"),
    ({"training.optimizer": "momentum"}, "progress.state", "expected 27 float64 numbers"),
    ({"training.batch_size": 40}, "progress.batch", "expected a whole number from 0 to 0, found 2"),
    ({"data": points(0, [])}, "data.points", "0 points; allowed are 1 to 4000"),
    ({"data": points(4001)}, "data.points", "4001 points"),
    ({"data": points(points="0 0")}, "data.points", "expected a list of points, found '0 0'"),
    ({"data": points(points=[[0, 0], [0, 0, 0]])}, "data.points[1]", "3 coordinates; allowed are 2 to 2"),
    ({"data": points(points=[[0, 0], 7])}, "data.points[1]", "expected a list of coordinates, found 7"),
    ({"data": points(points=[[True, 0]])}, "data.points[0]", "found True"),
    ({"data": points(points=[[0, NAN]])}, "data.points[0]", "found nan"),
    ({"data": points(points=[[0, 2e6]])}, "data.points[0]", "expected a number from -1e+06 to 1e+06"),
    ({"data": points(points=[[0, "1"]])}, "data.points[0]", "found '1'"),
    ({"data": {"points": [[0, 0]]}}, "data.targets", "the field 'targets' is missing"),
    ({"data": points(noise=0.1)}, "data.noise", "unknown field 'noise'"),
    ({"data": points(targets=[0, 1, 2])}, "data.targets", "3 targets; allowed are 4 to 4"),
    ({"data": {**points(), "targets": "0120"}}, "data.targets", "expected a list of targets, found '0120'"),
    ({"data": points(targets=[0, 1, NAN, 2])}, "data.targets[2]", "found nan"),
    ({"data": points(targets=[0, 1, 10**400, 2])}, "data.targets[2]", "more than 40 digits"),
    ({"data": points(targets=[0, 1, False, 2])}, "data.targets[2]", "found False"),
    ({"data": points(targets=[0, 1, 3, 2], classes=3)}, "data.targets[2]", "expected a class from 0 to 2, found 3"),
    ({"data": points(targets=[0, 0.5, 1, 2], classes=3)}, "data.targets[1]", "found 0.5"),
    ({"data": points(targets=[0, 1, 2, -1], classes=3)}, "data.targets[3]", "found -1"),
    ({"data": points(targets=[0] * 4, classes=1)}, "data.classes", "one class leaves nothing to tell apart"),
    ({"data": points(classes=33)}, "data.classes", "expected a whole number from 0 to 32, found 33"),
    ({"data": points(labels=["a", "b"])}, "data.labels", "2 labels for 3 classes"),
    ({"data": points(labels="abc")}, "data.labels", "expected a list of labels, found 'abc'"),
    ({"data": points(labels=["a", "b", 3])}, "data.labels[2]", "expected a name of 1 to 40 characters, found 3"),
    ({"data": points(labels=["a", " ", "c"])}, "data.labels[1]", "found ' '"),
    ({"data": points(labels=["a", "b", "c" * 41])}, "data.labels[2]", "found 'ccc"),
    ({"data": points(labels=["a", "b", "c\n"])}, "data.labels[2]", "expected a name"),
    ({"data": points(labels=["a"], classes=0)}, "data.labels", "1 labels for 0 classes"),
    ({"data": points(balance=0.5)}, "data.balance", "unknown field 'balance'"),
    ({"data": points(formula="class = x > 0")}, "data.formula", "unknown field 'formula'"),
    ({"data": {"formula": 3}}, "data.formula", "expected a formula of at most 200 characters, found 3"),
    ({"data": {"formula": "class = z"}}, "data.formula", "unknown name 'z' at character 9"),
    ({"data": {"formula": "class = log(x - 2) > 0"}}, "data.formula", "undefined nearly everywhere"),
    ({"data": {"formula": "class = 7 * x"}}, "data.formula", "a class is true or false"),
    ({"data": {"formula": "class = x > 0", "classes": 3}}, "data.classes", "expected a whole number from 2 to 2"),
    ({"data": {"formula": "class = x > 0", "n": 4001}}, "data.n", "found 4001"),
    ({"data": {"formula": "class = x > 0", "name": "xor"}}, "data.name", "unknown field 'name'"),
    ({"data": points(test=0.95)}, "data.test", "found 0.95"),
]


def test_the_document_that_is_edited_below_is_valid() -> None:
    assert serialise(parse(edited({}))) == VALID


@pytest.mark.parametrize(("path", "value", "message"), WRONG)
def test_a_field_that_is_wrong_is_named(path: str, value: Any, message: str) -> None:
    error = refusal(edited({path: value}))
    assert error.where == path
    assert message in str(error)


@pytest.mark.parametrize(("edits", "where", "message"), WRONG_TOGETHER)
def test_fields_that_are_wrong_together_are_named(edits: dict[str, Any], where: str, message: str) -> None:
    error = refusal(edited(edits))
    assert error.where == where
    assert message in str(error)


@pytest.mark.parametrize(
    ("document", "found"), [(None, "None"), ([], "a list"), ("{}", "'{}'"), (1, "1"), (True, "True")]
)
def test_what_is_not_an_object_is_no_document(document: Any, found: str) -> None:
    error = refusal(document)
    assert error.where == ""
    assert str(error) == f"expected an object, found {found}"


@pytest.mark.parametrize("value", ["x" * 10**6, 10**400, {"x" * 10**6: 1}, "\n" * 10**6], ids=["s", "n", "key", "nl"])
def test_an_error_repeats_only_the_beginning_of_a_huge_value(value: Any) -> None:
    for path in ("layers[0].width", "data.name", "training", "progress.epoch"):
        error = refusal(edited({path: value}))
        assert len(str(error)) + len(error.where) < 300


@pytest.mark.parametrize(
    "edits",
    [
        {"layers[0].width": 10**9},
        {"layers[1].width": 10**400},
        {"data.n": 10**9},
        {"data.classes": 10**9},
        {"training.batch_size": 10**12},
        {"progress.epoch": 10**12},
        {"layers": [VALID["layers"][0]] * 10**6},
        {"data": points(10**6)},
        {"parameters": "A" * 10**7},
        {"progress.state": "A" * 10**7},
    ],
    ids=lambda edits: next(iter(edits)),
)
def test_what_is_absurd_is_refused_before_anything_is_made_of_it(edits: dict[str, Any]) -> None:
    document = edited(edits)
    tracemalloc.start()
    try:
        refusal(document)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20_000  # bytes: far less than an array, a list or a text of that size
