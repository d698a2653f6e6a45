"""Small networks over the plane: how they learn, and what every one of their neurons computes.

A network whose inputs are the two coordinates of a point is a function of the plane, and so is each of its
neurons: its landscape, a height over every (x, y). A neuron of the first layer is a plane that a nonlinearity
bends; one of a later layer bends a weighted sum of the landscapes before. Training moves the weights, and so
carves the landscapes, until those of the outputs fit the data. numpy is all that is needed.

A first session:

>>> from nets import Budget, create, dataset, surfaces, train_slice
>>> start = create(dataset("spiral", classes=3), hidden=[8, 8], activation="tanh")
>>> model, snapshots, ending = train_slice(start, Budget(epochs=100))
>>> snapshots[-1].metrics.test_accuracy > 0.9
True
>>> surfaces(model)[2].activation[0].shape  # the first neuron of the second hidden layer: rows are y, columns are x
(49, 49)

Choices are rows of tables: ``ACTIVATIONS``, ``INITIALIZERS``, ``LOSSES``, ``OPTIMIZERS``, ``SCHEDULES``,
``REGULARIZERS``, ``DROPOUTS``, ``DATASETS``. A row has a name, which everything else uses, and says what it is and
whose.

>>> ACTIVATIONS["softplus"].formula, INITIALIZERS["lecun"].formula
('log(1 + exp(z))', 'N(0, 1 / n)')

Data is described by a ``DataSpec``: a row of the table (``dataset``), a formula (``by_formula``), or points of
one's own, which ``Inputs`` takes from their units to the network's.

>>> by_formula("class = x*y > sin(3*x)").classes
2

A model is everything a session is, as one frozen value. A ``Model`` has its ``Layer``s and one flat vector of
parameters, its data, its ``Training`` with the conditions that ``Stop`` it, its ``Progress``, and the ``Initial``
that its first weights came from. ``create`` makes one, ``new_weights`` draws its weights again, ``nets.reshape``
gives it another shape. Nothing is ever changed in place: what works on a model returns another one.

>>> again = new_weights(model, model.initial)
>>> again.parameters.tobytes() == start.parameters.tobytes()
True

Training is a function: ``train_slice`` takes a model and a ``Budget`` of epochs, steps or seconds, and returns a
``Slice``: the model to go on from, a ``Snapshot`` with its ``Metrics`` for every epoch, and the ``Ending`` if the run
is over. However a run is cut into slices, it ends with the same bits. Which of the ``ENGINES`` takes the steps makes
no difference but of speed. ``evaluate`` measures a model where it stands, ``measure`` everything there is to be said
of it as ``Measures``; ``gradient`` is the way it would go next.

>>> twice = train_slice(train_slice(start, Budget(epochs=40)).model, Budget(epochs=60)).model
>>> twice.parameters.tobytes() == model.parameters.tobytes()
True

Landscapes come layer by layer from ``surfaces``, each a ``LayerSurfaces`` with those before and after the
nonlinearity, on a grid of ``GRID_SIZE`` points an axis, which ``axes`` returns. Layer 0 are the inputs. Those of
piecewise-linear networks also come exactly: ``regions`` cuts the domain into the polygons on which every neuron is
a plane. The ``Regions`` are a ``Partition`` after every layer, and what ended them where a layer is smooth.

>>> len(regions(create(dataset("spiral", classes=3), hidden=[8, 8], activation="relu")).partitions[1])
28

Where they are smooth, ``curvature`` maps how much one of them is curved, from exact derivatives.

>>> bool(abs(curvature(model, layer=1, neuron=0)).max() > 0.1)
True

A document is a model as JSON: ``serialise`` writes it, and ``parse`` reads it, believes nothing, and raises a
``DocumentError`` that names the field. The page speaks no other language, so a document made here can be opened
there. ``nets.code`` writes a model as a script for another library.

>>> parse(serialise(model) | {"version": 2})
Traceback (most recent call last):
    ...
nets.fields.DocumentError: unknown version 2; this program reads version 1

The modules, in the order to read them, each after those that it needs:

- the tables: ``activations``, ``initializers``, ``losses``, ``line_search``, ``lbfgs``, ``optimizers``, ``schedules``,
  ``regularizers``, ``stopping``
- the network: ``network``, ``domains``, ``backpropagation``
- the data: ``generators``, ``expressions``, ``formula``, ``datasets``, ``inputs``
- the model and its training: ``model``, ``draws``, ``batches``, ``objective``, ``gradient``, ``divergence``,
  ``descent``, ``metrics``
- the same compiled: ``kernel_functions``, ``kernel_losses``, ``kernel_optimizers``, ``kernel``, ``kernel_metrics``,
  ``compiled_descent``, ``compiled_metrics``
- a run: ``engine``, ``training``
- what became of it: ``saturation``, ``measures``, ``health``
- the landscapes: ``surfaces``; exactly: ``polygons``, ``affine_maps``, ``kinks``, ``regions``, ``region_counts``,
  ``exact_levels``; how they bend: ``second_derivatives``, ``curvature``
- the document: ``limits``, ``fields``, ``data_document``, ``training_document``, ``document``
- another shape, points from a table: ``reshape``, ``table``
- a script for another library: ``code_expressions``, ``code_parts``, ``code_numpy``, ``code_torch``, ``code_keras``,
  ``code``
"""

from nets.activations import ACTIVATIONS
from nets.curvature import curvature
from nets.datasets import DATASETS, DataSpec, by_formula
from nets.document import parse, serialise
from nets.engine import ENGINES
from nets.fields import DocumentError
from nets.gradient import gradient
from nets.initializers import INITIALIZERS
from nets.inputs import Inputs
from nets.losses import LOSSES
from nets.measures import Measures, measure
from nets.metrics import Metrics
from nets.model import Initial, Model, Progress, Training, create, dataset, new_weights
from nets.network import Layer
from nets.optimizers import OPTIMIZERS
from nets.regions import Partition, Regions, regions
from nets.regularizers import DROPOUTS, REGULARIZERS
from nets.schedules import SCHEDULES
from nets.stopping import Ending, Stop
from nets.surfaces import GRID_SIZE, LayerSurfaces, axes, surfaces
from nets.training import Budget, Slice, Snapshot, evaluate, train_slice

__all__ = [
    "ACTIVATIONS",
    "DATASETS",
    "DROPOUTS",
    "ENGINES",
    "GRID_SIZE",
    "INITIALIZERS",
    "LOSSES",
    "OPTIMIZERS",
    "REGULARIZERS",
    "SCHEDULES",
    "Budget",
    "DataSpec",
    "DocumentError",
    "Ending",
    "Initial",
    "Inputs",
    "Layer",
    "LayerSurfaces",
    "Measures",
    "Metrics",
    "Model",
    "Partition",
    "Progress",
    "Regions",
    "Slice",
    "Snapshot",
    "Stop",
    "Training",
    "axes",
    "by_formula",
    "create",
    "curvature",
    "dataset",
    "evaluate",
    "gradient",
    "measure",
    "new_weights",
    "parse",
    "regions",
    "serialise",
    "surfaces",
    "train_slice",
]
