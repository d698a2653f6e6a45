"""Documents that are right: out and in again to the bit, defaults, limits. Then a fuzz of those that are not."""

import base64
import copy
import json
import struct
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from nets.activations import ACTIVATIONS
from nets.datasets import DATASETS, DataSpec, by_formula
from nets.document import encode, parse, serialise
from nets.fields import DocumentError
from nets.initializers import INITIALIZERS
from nets.inputs import Inputs
from nets.losses import LOSSES
from nets.model import Initial, Model, Progress, Training, create, dataset
from nets.network import Layer, n_parameters, uniform_layers
from nets.optimizers import OPTIMIZERS
from nets.schedules import SCHEDULES
from nets.stopping import Best, Stop
from nets.surfaces import surfaces
from nets.training import Budget, train_slice
from tests.nets.models import MARKED, MIXED, bits, model_of, spiral_model, through_json

EXTREMES = [0.0, -0.0, 5e-324, 1e-300, 1 / 3, np.pi, -1e30, 1e30, np.nextafter(1, 2)]
POINTS = ((0.1, -0.0), (1 / 3, 1e-300), (-1e6, 0.5), (0.25, 1e6))
CLASSES_GIVEN = DataSpec(None, 4, 0.0, 2, 7, 0.3, POINTS, (0.0, 1.0, 1.0, 0.0))
VALUES_GIVEN = DataSpec(None, 4, 0.0, 0, 7, 0.3, POINTS, (0.1, -1e6, 2.0, 1 / 3))

MODELS: dict[str, Model] = {
    **{f"{name} neurons": create(dataset("xor"), hidden=[3], activation=name) for name in ACTIVATIONS},
    **{f"{name} before": model_of((Layer(2, ("tanh",) * 2, pre=name),), dataset("xor")) for name in ACTIVATIONS},
    **{f"{name} data": create(dataset(name, n=50, seed=9, test=0.1)) for name in DATASETS},
    **{f"{name} weights": create(dataset("spiral"), initial=Initial(name, 2**32 - 1)) for name in INITIALIZERS},
    **{f"{name} loss": spiral_model(loss=name) for name in LOSSES},
    **{
        f"{name} in mid-epoch": train_slice(spiral_model(optimizer=name, l1=0.1, l2=0.01), Budget(steps=6)).model
        for name in OPTIMIZERS
    },
    **{f"{name} schedule": spiral_model(schedule=name, schedule_epochs=7) for name in SCHEDULES},
    **{
        f"{name} with other numbers": spiral_model(
            optimizer=name, hyperparameters={entry.name: entry.high for entry in row.hyperparameters}
        )
        for name, row in OPTIMIZERS.items()
    },
    "noise and every stop condition": spiral_model(input_noise=0.1, stop=Stop(9, 0.1, 0.95, 20)),
    "watched for a plateau": replace(spiral_model(), progress=Progress(7, 2, np.empty(0), Best(5, 1 / 3))),
    "frozen and switched off": model_of(MARKED, dataset("xor")),
    "mixed neurons, skip and pre": model_of(MIXED, dataset("moons")),
    "points with classes": create(CLASSES_GIVEN, hidden=[2]),
    "points with values": create(VALUES_GIVEN, hidden=[2]),
    "points with names of classes": create(replace(CLASSES_GIVEN, labels=("Setosa", "é <b>")), hidden=[2]),
    "classes by formula": create(by_formula("class = (x > 0) + (y > 0)", n=20, noise=0.1), hidden=[2]),
    "values by formula": create(by_formula("target = log(x)", n=20, seed=4), hidden=[2]),
    "uneven classes": create(replace(dataset("spiral"), balance=1 / 3)),
    "inputs in other units": replace(spiral_model(), inputs=Inputs((1e6, -1 / 3), (1e-5, 1e6))),
    "another domain": replace(spiral_model(), domain=((-1e6, 0.1), (0.3, 1 / 3))),
    "extreme parameters": replace(create(dataset("saddle"), hidden=[2]), parameters=np.array(EXTREMES)),
    "a gain": create(dataset("xor"), initial=Initial("uniform", 3, 1 / 3)),
    "first biases": create(dataset("xor"), initial=Initial("sparse", 3, 2.0, 1 / 3)),
    "extreme training": spiral_model(learning_rate=1e-8, batch_size=4000, l1=100.0, l2=1 / 3, seed=2**32 - 1),
}

models = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


@models
def test_a_model_that_is_written_and_read_is_the_same_bit_for_bit(model: Model) -> None:
    assert bits(parse(serialise(model))) == bits(model)


@models
def test_a_model_that_travels_as_json_text_is_the_same_bit_for_bit(model: Model) -> None:
    assert bits(through_json(model)) == bits(model)


def test_a_document_says_what_the_design_says() -> None:
    layers = (Layer(2, ("tanh", "relu"), skip=False, frozen=(1,)), Layer(1, ("identity",), pre="sin", off=(0,)))
    model = replace(model_of(layers, dataset("saddle", n=20)), parameters=np.arange(1.0, 10))
    document = serialise(model)
    assert document["version"] == 1
    assert document["domain"] == [[-1, 1], [-1, 1]]
    assert document["layers"] == [
        {"width": 2, "activation": ["tanh", "relu"], "pre": "identity", "skip": False, "frozen": [1], "off": []},
        {"width": 1, "activation": "identity", "pre": "sin", "skip": False, "frozen": [], "off": [0]},
    ]
    assert struct.unpack("<9d", base64.b64decode(document["parameters"])) == (1, 2, 3, 4, 5, 6, 7, 8, 9)
    saddle = {"name": "saddle", "n": 20, "noise": 0.02, "classes": 0, "seed": 1, "test": 0.25, "balance": 1}
    assert document["data"] == saddle
    assert document["inputs"] == {"centre": [0, 0], "scale": [1, 1]}
    assert document["training"] == {
        "loss": "mean_squared_error",
        "optimizer": "adam",
        "learning_rate": 0.01,
        "batch_size": 32,
        "l1": 0,
        "l2": 0,
        "seed": 1,
        "hyperparameters": {},
        "schedule": "constant",
        "schedule_epochs": 200,
        "weight_noise": 0,
        "input_noise": 0,
        "dropout": 0,
        "dropout_kind": "ordinary",
        "stop": {"epoch": None, "loss": None, "accuracy": None, "plateau": None},
    }
    assert document["progress"] == {"epoch": 0, "batch": 0, "state": ""}


def test_what_is_watched_for_a_plateau_is_in_the_document() -> None:
    model = replace(spiral_model(), progress=Progress(7, 0, np.empty(0), Best(5, 0.25)))
    assert serialise(model)["progress"]["best"] == {"epoch": 5, "loss": 0.25}


def test_encode_can_write_float32_for_snapshots() -> None:
    """1.0 is 00 00 80 3f in little-endian float32."""
    assert encode(np.array([1.0]), "<f4") == "AACAPw=="


def smallest(data: dict[str, Any], outputs: int) -> dict[str, Any]:
    """The shortest document about some data: two inputs and the outputs."""
    layer = {"width": outputs, "activation": "identity"}
    return {"version": 1, "layers": [layer], "parameters": encode(np.zeros(3 * outputs)), "data": data}


def test_fields_that_are_left_out_take_their_defaults() -> None:
    model = parse(smallest({"name": "xor"}, 2))
    assert model.layers == (Layer(2, ("identity",) * 2, pre="identity", skip=False),)
    assert model.data == DataSpec("xor", n=400, noise=0.03, classes=2, seed=1, test=0.25)
    assert (model.training, model.initial, model.domain) == (Training(), Initial(), ((-1, 1), (-1, 1)))
    assert bits(model) == bits(replace(model, progress=Progress(0, 0, np.empty(0))))


def test_the_default_loss_of_regression_is_the_squared_error() -> None:
    assert parse(smallest({"name": "saddle"}, 1)).training.loss == "mean_squared_error"


@pytest.mark.parametrize(
    ("targets", "classes"),
    [([0, 1, 2], 3), ([0, 0, 0], 2), ([0, 2, 0], 3), ([0, 1, 1.5], 0), ([0, -1, 1], 0), ([0, 1, 32], 0)],
)
def test_small_whole_targets_are_taken_for_classes_and_others_for_values(targets: list[float], classes: int) -> None:
    data = {"points": [[0, 0], [0, 1], [1, 0]], "targets": targets}
    assert parse(smallest(data, classes or 1)).data.classes == classes


def test_whole_targets_are_values_where_the_document_says_so() -> None:
    data = {"points": [[0, 0], [0, 1]], "targets": [0, 1], "classes": 0}
    assert parse(smallest(data, 1)).data.task == "regression"


def test_documents_at_the_limits_are_accepted() -> None:
    layers = uniform_layers([32] * 8, "tanh")
    points = [[i / 4000, 1.0] for i in range(4000)]
    document = {
        "version": 1,
        "layers": [{"width": 32, "activation": list(layer.activation)} for layer in layers],
        "parameters": encode(np.full(n_parameters(layers), 1e30)),
        "data": {"points": points, "targets": [i % 32 for i in range(4000)], "test": 0.9},
        "training": {"batch_size": 4000, "learning_rate": 1000, "l1": 100, "l2": 100, "seed": 2**32 - 1},
        "progress": {"epoch": 10**9},
    }
    assert parse(document).data.classes == 32


# A fuzz: whatever a document says, it is a model or it is refused.

ODD_NUMBERS = [0, -1, 1, 2, 12, 33, 10**8, 10**400, 0.1, 0.5, -0.0, 1e300, float("nan"), float("inf")]
ODD_TEXTS = [
    "",
    "AAAA",
    "relu",
    "step",
    "sgd",
    "adam",
    "\ud800é",
    encode(np.full(27, np.nan)),
    encode(np.full(27, -3.0)),
]
ODD_LISTS = [[], [[]], [0, 1], [[0.5, 0.5]] * 10, [1] * 10, ["relu"] * 4]
ODD: list[Any] = [None, True, False, {}, {"name": "xor"}, *ODD_NUMBERS, *ODD_TEXTS, *ODD_LISTS]


def nodes(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a JSON value where something stands, as (container, key)."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in list(keys) for place in [(value, key), *nodes(value[key])]]


def mutated(document: dict[str, Any], random: Random) -> dict[str, Any]:
    """Replace (half the time by something of the same type), remove or add one or two things anywhere."""
    document = copy.deepcopy(document)
    for _ in range(random.randint(1, 2)):
        container, key = random.choice(nodes(document))
        alike = [odd for odd in ODD if type(odd) is type(container[key])]
        odd = copy.deepcopy(random.choice(random.choice([ODD, alike])))
        action = random.random()
        if action < 0.8:
            container[key] = odd
        elif action < 0.9:
            del container[key]
        elif isinstance(container, dict):
            container[random.choice(["points", "targets", "classes", "state", "extra"])] = odd
        else:
            container.append(odd)
    return document


VALID = [
    serialise(train_slice(spiral_model(), Budget(steps=6)).model),
    serialise(model_of(MIXED, dataset("moons"))),
    serialise(create(CLASSES_GIVEN, hidden=[2])),
    serialise(create(VALUES_GIVEN, hidden=[2])),
]


def outcome(seed: int) -> Model | DocumentError:
    """What becomes of a valid document that was mutated; any other exception goes through."""
    try:
        return parse(mutated(VALID[seed % len(VALID)], Random(seed)))
    except DocumentError as error:
        return error


@pytest.mark.parametrize("seed", range(500))
def test_a_mutated_document_is_a_model_or_is_refused_in_one_short_sentence(seed: int) -> None:
    result = outcome(seed)
    assert isinstance(result, Model) or len(json.dumps({"error": str(result), "where": result.where})) < 400


def test_a_mutated_document_that_is_accepted_can_be_trained_drawn_and_sent_on() -> None:
    accepted = [model for seed in range(500) if isinstance(model := outcome(seed), Model)]
    assert 50 < len(accepted) < 250  # the fuzz sees both outcomes often
    for model in accepted:
        assert bits(through_json(model)) == bits(model)
        trained = train_slice(model, Budget(steps=2)).model
        assert bits(through_json(trained)) == bits(trained)
        assert len(surfaces(trained, n=2)) == len(model.layers) + 1
