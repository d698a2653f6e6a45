"""Regularisers: what keeps a network from learning its training points by heart.

The losses that are reported are without any of them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Regularizer:
    """One regulariser; its size is one number, 0 for none.

    Attributes:
        name: the name documents use, a field of ``training``.
        label: what people read.
        highest: the largest size allowed.
        formula: what is done, as plain text.
        source: who described it (authors, year).
        meaning: the same in a sentence.
    """

    name: str
    label: str
    highest: float
    formula: str
    source: str
    meaning: str


@dataclass(frozen=True)
class Dropout:
    """One kind of dropout, of the neurons of hidden layers.

    Attributes:
        name: the name documents use.
        is_shared: whether the points of a batch share which neurons are dropped.
        formula: what a neuron's activation becomes, as plain text; m is 1 with probability 1 − p, else 0.
        source: who described it (authors, year).
    """

    name: str
    is_shared: bool
    formula: str
    source: str


_ROWS = (
    Regularizer(
        "l1",
        "L1",
        100,
        "+ λ Σ|w|",
        "Tibshirani, 1996",
        "λ of the penalty λ Σ|w|, which pulls every weight towards 0 at the same speed",
    ),
    Regularizer(
        "l2",
        "L2",
        100,
        "+ ½ λ Σw²",
        "Hoerl and Kennard, 1970; Krogh and Hertz, 1992",
        "λ of the penalty ½ λ Σw², which pulls every weight towards 0 in proportion to its size",
    ),
    Regularizer(
        "weight_noise",
        "weight noise",
        1,
        "g at w + N(0, σ²)",
        "Murray and Edwards, 1994; An, 1996",
        "standard deviation of what is added to every weight and bias before a step's gradient is taken, anew in every "
        "step",
    ),
    Regularizer(
        "input_noise",
        "input noise",
        1,
        "(x, y) + N(0, σ²)",
        "Bishop, 1995",
        "standard deviation of what is added to x and y of every training point, anew in every epoch",
    ),
    Regularizer(
        "dropout",
        "dropout",
        0.9,
        "a m / (1 − p)",
        "Hinton, Srivastava, Krizhevsky, Sutskever and Salakhutdinov, 2012",
        "p, the share of the hidden neurons that a step leaves out, others each time; what is left counts 1 / (1 − p) "
        "times as much meanwhile",
    ),
)

REGULARIZERS: dict[str, Regularizer] = {row.name: row for row in _ROWS}

_KINDS = (
    Dropout(
        "ordinary",
        False,
        "another m for every neuron and every point",
        "Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, 2014",
    ),
    Dropout(
        "variational",
        True,
        "another m for every neuron, the same for all points of a step",
        "Gal and Ghahramani, 2016",
    ),
)

DROPOUTS: dict[str, Dropout] = {row.name: row for row in _KINDS}
