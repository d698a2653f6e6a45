"""A spiral, and what a small network makes of it: train, look at what happened, take every landscape away.

Run it as a script, from any folder, with a name for the page that it writes if spiral.html is not wanted:

    .venv/bin/python examples/spiral.py [page.html]

or cell by cell in an editor or a notebook that knows ``# %%``.
"""

# %% What is needed
# Relief is not installed: its packages stand beside this folder. What a notebook's command line says is meant
# for its kernel.
import sys
from pathlib import Path

sys.path.insert(0, str(Path(globals().get("__file__", "spiral.py")).resolve().parents[1]))

import numpy as np
import plotly.io

from app.layer_figures import layer_title, network_figure
from nets import Budget, axes, create, dataset, evaluate, surfaces, train_slice
from nets.datasets import load

arguments = [] if "ipykernel" in sys.modules else sys.argv[1:]
page = Path(arguments[0] if arguments else "spiral.html")

# %% The data
# Three arms of a spiral, 400 points, every fourth kept for testing. No straight line comes near to telling the
# classes apart, which is what makes a spiral a good first exercise.
data = dataset("spiral", classes=3)
points, classes, is_test = load(data).points, load(data).targets, load(data).is_test
print(f"{data.n} points, {is_test.sum()} of them for testing")
for k in range(data.classes):
    x, y = points[:, classes == k].mean(axis=1)
    print(f"class {k + 1}: {np.sum(classes == k)} points around ({x:.2f}, {y:.2f})")

# %% The network
# Two numbers in, two hidden layers of eight tanh neurons, one output per class. Every neuron is a function of the
# plane. Before training the outputs are near 0 everywhere, so the loss is near log 3 = 1.10, that of guessing.
model = create(data, hidden=[8, 8], activation="tanh")
print(f"{model.parameters.size} parameters; loss {evaluate(model).train_loss:.2f} before training")

# %% Training
# A slice of training takes a model and returns the model that comes out of it, with a snapshot for every epoch. It
# keeps no state: the same model trained for as long gives the same numbers, in one slice or in many.
model, snapshots, ending = train_slice(model, Budget(epochs=300))

print("epoch   train loss   test loss   train accuracy   test accuracy")
for snapshot in [snapshots[0], *snapshots[49::50]]:
    metrics = snapshot.metrics
    print(f"{snapshot.epoch:5d}   {metrics.train_loss:10.3f}   {metrics.test_loss:9.3f}", end="")
    print(f"   {metrics.train_accuracy:14.1%}   {metrics.test_accuracy:13.1%}")
print(ending.why if ending else "the run could go on")

# %% A landscape as numbers
# What the sixth neuron of the second hidden layer answers over the plane, on a grid of seven points an axis. Rows
# are y and columns are x, both ascending, so that the last row is the upper edge: it is printed first.
landscape = surfaces(model, 7)[2].activation[5]
x, y = axes(model, 7)
print("    y   " + "  ".join(f"x {value:5.2f}" for value in x))
for height, row in reversed(list(zip(y, landscape, strict=True))):
    print(f"{height:5.2f}   " + "  ".join(f"{value:7.2f}" for value in row))

# %% Who is highest
# A point belongs to the class whose output landscape is highest there. The same grid, finer, with a sign for each
# class: the arms of the spiral, as the network continues them between the points and beyond.
highest = surfaces(model, 33)[-1].activation.argmax(axis=0)
for row in reversed(highest):
    print("".join("·o#"[k] * 2 for k in row))

# %% How strongly the neurons answer
# The largest height of every layer: near 1 a tanh neuron is saturated somewhere; scores grow with the certainty.
for layer, heights in enumerate(surfaces(model)):
    print(f"{layer_title(model, layer):>9}: {len(heights.activation)} landscapes, up to ±", end="")
    print(f"{np.abs(heights.activation).max():.2f}")

# %% Every landscape on one page
# All neurons in one scene, a column a layer, from the inputs to the classes. The page holds Plotly and all numbers
# and needs no network: it can be mailed, put on a course page, opened in ten years. In a notebook
# plotly.io.show(figure, validate=False) draws it in its place.
figure = network_figure(model)
plotly.io.write_html(figure, page, config={"displaylogo": False}, validate=False)
print(f"every landscape is in {page.resolve()}")
