"""The models the tests share, and what makes two models the same."""

import json
from dataclasses import replace
from typing import Any

import numpy as np

from nets.datasets import DataSpec
from nets.document import parse, serialise
from nets.model import Model, create, dataset
from nets.network import Layer, Layers, n_parameters

MIXED: Layers = (
    Layer(3, ("tanh", "relu", "sin"), skip=True),
    Layer(3, ("gaussian", "gaussian", "abs"), pre="softplus", skip=True),
    Layer(2, ("identity", "square"), pre="tanh"),
)

MARKED: Layers = (
    Layer(4, ("tanh",) * 4, frozen=(0, 2), off=(3,)),
    Layer(3, ("tanh", "gaussian", "sin"), pre="gaussian", skip=True, frozen=(1,), off=(0, 1)),
    Layer(2, ("identity",) * 2, pre="gaussian", frozen=(1,)),
)


def spiral_model(**training: Any) -> Model:
    """A 2-4-3 network on 48 spiral points, 40 of them for training in batches of 12, 12, 12 and 4."""
    model = create(dataset("spiral", 3, n=48, test=1 / 6), hidden=[4])
    return replace(model, training=replace(model.training, **{"batch_size": 12, **training}))


def model_of(layers: Layers, data: DataSpec, seed: int = 0, **training: Any) -> Model:
    """A model with normally distributed parameters, biases too."""
    model = create(data, hidden=[])
    parameters = np.random.default_rng(seed).standard_normal(n_parameters(layers))
    return replace(model, layers=layers, parameters=parameters, training=replace(model.training, **training))


def bits(model: Model) -> tuple[Any, ...]:
    """Everything a model is, arrays as bytes: two models are the same when these are equal."""
    progress = model.progress
    arrays = (model.parameters.tobytes(), progress.state.tobytes())
    return (
        *arrays,
        progress.epoch,
        progress.batch,
        progress.best,
        *(model.layers, model.data, model.training, model.initial, model.domain, model.inputs),
    )


def through_json(model: Model) -> Model:
    """Send a model away as JSON text and read it again."""
    return parse(json.loads(json.dumps(serialise(model))))
