"""Small networks over the plane: their training and every neuron's landscape.

Read the modules in this order: ``activations``, ``initializers``, ``losses``, ``network``,
``domains``, ``optimizers``, ``schedules``, ``stopping``, ``limits``, ``generators``, ``expressions``, ``formula``,
``datasets``, ``inputs``, ``model``, ``divergence``, ``training``, ``gradient``, ``saturation``,
``measures``, ``health``, ``surfaces``, ``fields``, ``reshape``,
``data_document``, ``training_document``, ``document``, ``table``, ``code``.

A first session::

    from nets import Budget, create, dataset, surfaces, train_slice

    model = create(dataset("spiral", classes=3), hidden=[8, 8], activation="tanh")
    model, snapshots, ending = train_slice(model, Budget(epochs=200))
    print(snapshots[-1].metrics.train_accuracy)
    landscape = surfaces(model)[2].activation[0]  # first neuron of the second hidden layer, (49, 49)
"""

from nets.activations import ACTIVATIONS
from nets.datasets import DATASETS, by_formula
from nets.document import parse, serialise
from nets.fields import DocumentError
from nets.gradient import gradient
from nets.initializers import INITIALIZERS
from nets.inputs import Inputs
from nets.losses import LOSSES
from nets.measures import Measures, measure
from nets.model import Initial, Model, Progress, Training, create, dataset, new_weights
from nets.optimizers import OPTIMIZERS
from nets.schedules import SCHEDULES
from nets.stopping import Ending, Stop
from nets.surfaces import GRID_SIZE, LayerSurfaces, axes, surfaces
from nets.training import Budget, Metrics, Slice, Snapshot, evaluate, train_slice

__all__ = [
    "ACTIVATIONS",
    "DATASETS",
    "GRID_SIZE",
    "INITIALIZERS",
    "LOSSES",
    "OPTIMIZERS",
    "SCHEDULES",
    "Budget",
    "DocumentError",
    "Ending",
    "Initial",
    "Inputs",
    "LayerSurfaces",
    "Measures",
    "Metrics",
    "Model",
    "Progress",
    "Slice",
    "Snapshot",
    "Stop",
    "Training",
    "axes",
    "by_formula",
    "create",
    "dataset",
    "evaluate",
    "gradient",
    "measure",
    "new_weights",
    "parse",
    "serialise",
    "surfaces",
    "train_slice",
]
