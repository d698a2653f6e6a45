"""Documents of every kind, as hypothesis draws them: whatever comes from here is one that the server has to take."""

import base64
import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from nets import ACTIVATIONS, DATASETS, DROPOUTS, INITIALIZERS, LOSSES, OPTIMIZERS, REGULARIZERS, SCHEDULES
from nets.document import parse
from nets.limits import BIASES, GAINS, LARGEST_EPOCH, LARGEST_SEED, LONGEST_PERIOD
from nets.network import n_parameters

Document = dict[str, Any]

SEEDS = st.sampled_from([0, 1, 7, LARGEST_SEED])
SCALES = st.sampled_from([0.0, 1e-300, 0.1, 1.0, 30.0, 1e6, 1e30])
COUNTS = st.sampled_from([10, 24, 24, 97, 400])
FORMULAS = st.sampled_from(
    [
        "class = x*y > sin(3*x)",
        "class = floor(3*abs(x)) % 3",
        "class = (x > 0 and y > 0) or not hypot(x, y) < 0.5",
        "class=log(x)>y",
        "target = x**2 - y",
        "target = 1/x",
        "target = max(x, y, 0) if x < y else exp(−2·x)",
        "target = 0",
        "target = sqrt(x)",
        "target = 1e6*tan(9*x)//0.3",
    ]
)
N_FORMULA_CLASSES = {"class = floor(3*abs(x)) % 3": 3}
UNITS = ["training", "progress", "initial", "domain", "inputs"]  # what may be left out


def reals(low: float, high: float) -> st.SearchStrategy[float]:
    """Draw numbers of a range, its ends often."""
    return st.one_of(st.sampled_from([float(low), float(high)]), st.floats(low, high))


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    """Draw objects that have some of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


def split() -> dict[str, st.SearchStrategy[Any]]:
    return {"seed": SEEDS, "test": reals(0, 0.9)}


def made() -> dict[str, st.SearchStrategy[Any]]:
    return {"n": COUNTS, "noise": reals(0, 1), "balance": reals(0.05, 1), **split()}


@st.composite
def named_data(draw: st.DrawFn) -> Document:
    row = DATASETS[draw(st.sampled_from(list(DATASETS)))]
    return {"name": row.name, "classes": draw(st.integers(*row.classes)), **draw(optional(**made()))}


@st.composite
def formula_data(draw: st.DrawFn) -> Document:
    return {"formula": draw(FORMULAS), **draw(optional(**made()))}


@st.composite
def points_data(draw: st.DrawFn) -> Document:
    n = draw(st.integers(1, 12))
    coordinate = st.one_of(st.integers(-3, 3), reals(-1e6, 1e6))
    points = draw(st.lists(st.tuples(coordinate, coordinate).map(list), min_size=n, max_size=n))
    classes = draw(st.sampled_from([0, 2, 3, 32]))
    target = st.integers(0, classes - 1) if classes else reals(-1e6, 1e6)
    labels = st.lists(st.text("ab é∑", min_size=1, max_size=3).filter(str.strip), min_size=classes, max_size=classes)
    named = {"labels": draw(labels)} if classes and draw(st.booleans()) else {}
    targets = draw(st.lists(target, min_size=n, max_size=n))
    return {"points": points, "targets": targets, "classes": classes, **named, **draw(optional(**split()))}


def n_classes(data: Document) -> int:
    if "formula" in data:
        return N_FORMULA_CLASSES.get(data["formula"], 2 if data["formula"].startswith("class") else 0)
    return int(data["classes"])


@st.composite
def layers(draw: st.DrawFn, outputs: int) -> list[Document]:
    hidden = st.one_of(
        st.lists(st.integers(1, 5), max_size=3),
        st.lists(st.integers(1, 5), max_size=3),
        st.lists(st.sampled_from([1, 9, 32]), min_size=4, max_size=7),
    )
    return [draw(layer(width)) for width in [*draw(hidden), outputs]]


@st.composite
def layer(draw: st.DrawFn, width: int) -> Document:
    name = st.sampled_from(list(ACTIVATIONS))
    each = st.lists(name, min_size=width, max_size=width)
    neurons = st.lists(st.integers(0, width - 1), max_size=width, unique=True)
    more = optional(pre=name, skip=st.booleans(), frozen=neurons, off=neurons)
    return {"width": width, "activation": draw(st.one_of(name, name, each)), **draw(more)}


@st.composite
def training(draw: st.DrawFn, classes: int) -> Document:
    task = "classification" if classes else "regression"
    optimizer = draw(st.sampled_from(list(OPTIMIZERS)))
    own = {entry.name: reals(entry.low, entry.high) for entry in OPTIMIZERS[optimizer].hyperparameters}
    stop = optional(
        epoch=st.one_of(st.none(), st.integers(1, LARGEST_EPOCH)),
        loss=st.one_of(st.none(), reals(0, 1e300)),
        accuracy=st.one_of(st.none(), reals(0, 1)),
        plateau=st.one_of(st.none(), st.integers(1, LONGEST_PERIOD)),
    )
    more = optional(
        loss=st.sampled_from([row.name for row in LOSSES.values() if task in row.tasks]),
        learning_rate=st.one_of(st.sampled_from([0.01, 0.3]), reals(1e-8, 1e3)),
        batch_size=st.sampled_from([1, 2, 10, 32, 4000]),
        **{name: reals(0, row.highest) for name, row in REGULARIZERS.items()},
        dropout_kind=st.sampled_from(list(DROPOUTS)),
        seed=SEEDS,
        hyperparameters=optional(**own),
        schedule=st.sampled_from(list(SCHEDULES)),
        schedule_epochs=st.sampled_from([1, 2, 200, LONGEST_PERIOD]),
        stop=stop,
    )
    return {"optimizer": optimizer, **draw(more)}


def numbers(length: int, seed: int, scale: float) -> str:
    """Return numbers of one size as a document holds them."""
    values = np.clip(scale * np.random.default_rng(seed).standard_normal(length), -1e30, 1e30)
    return base64.b64encode(values.astype("<f8").tobytes()).decode()


@st.composite
def progress(draw: st.DrawFn, document: Document) -> Document:
    """Draw where a run may be: the check itself says how many batches and which state there may be."""
    model = parse(document)
    n_train = model.data.n - model.data.n_test
    n_batches = math.ceil(n_train / model.training.batch_size_of(n_train))
    row = OPTIMIZERS[model.training.optimizer]
    length = row.make(0.1).init(np.zeros(n_parameters(model.layers))).size
    epoch = draw(st.sampled_from([0, 1, 250, LARGEST_EPOCH - 1]))
    best = st.fixed_dictionaries({"epoch": st.integers(0, epoch), "loss": reals(0, 1e300)})
    more = optional(
        batch=st.integers(0, n_batches - 1),
        state=st.one_of(st.just(""), st.builds(numbers, st.just(length), SEEDS, SCALES)),
        best=st.one_of(st.none(), best),
    )
    return {"epoch": epoch, **draw(more)}


@st.composite
def domains(draw: st.DrawFn) -> list[list[float]]:
    ends = st.tuples(reals(-1e6, 1e6 - 2), st.sampled_from([1e-3, 1.0, 2.0])).map(lambda at: [at[0], at[0] + at[1]])
    return [draw(ends), draw(ends)]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Draw a document that is one."""
    data = draw(st.one_of(named_data(), formula_data(), points_data()))
    classes = n_classes(data)
    document: Document = {"version": 1, "layers": draw(layers(classes or 1)), "parameters": "", "data": data}
    document["parameters"] = numbers(count(document["layers"]), draw(SEEDS), draw(SCALES))
    present = draw(st.sets(st.sampled_from(UNITS)))
    if "training" in present:
        document["training"] = draw(training(classes))
    if "progress" in present:
        document["progress"] = draw(progress(document))
    if "initial" in present:
        document["initial"] = draw(
            optional(
                initializer=st.sampled_from(list(INITIALIZERS)), seed=SEEDS, gain=reals(*GAINS), bias=reals(*BIASES)
            )
        )
    if "domain" in present:
        document["domain"] = draw(domains())
    if "inputs" in present:
        pair = st.tuples(reals(-1e6, 1e6), reals(-1e6, 1e6)).map(list)
        scale = st.tuples(reals(1e-6, 1e6), reals(1e-6, 1e6)).map(list)
        document["inputs"] = draw(optional(centre=pair, scale=scale))
    return document


def count(layers: list[Document]) -> int:
    """Return the number of parameters of layers, counted by hand."""
    total, before = 0, 2
    for one in layers:
        inputs = before + (2 if one.get("skip") else 0)
        total += one["width"] * (inputs + 1)
        before = one["width"]
    return total
