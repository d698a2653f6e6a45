"""Networks whose regions the tests look at, and how the lens's modules are asked about them."""

from dataclasses import replace
from typing import Any

import numpy as np

from app.palette import LIGHT
from app.regions import answer
from nets import ACTIVATIONS, Model, create, dataset, serialise
from nets.inputs import Inputs
from nets.network import Layer, n_parameters
from tests.browser.relief import Relief

LENS = "../lenses/regions/"
LINEAR = [name for name, row in ACTIVATIONS.items() if row.pieces]
DOMAIN = ((-2.0, 6.0), (10.0, 11.0))
SVG = "{http://www.w3.org/2000/svg}"


def module(modules: Relief, name: str, body: str, argument: Any = None) -> Any:
    return modules.evaluate_module(f"{LENS}{name}", body, argument)


def network(*layers: Layer, data: str = "spiral", seed: int = 1, size: float = 1.0, **changes: Any) -> Model:
    """A network with random parameters."""
    parameters = size * np.random.default_rng(seed).standard_normal(n_parameters(layers))
    return replace(create(dataset(data)), layers=layers, parameters=parameters, **changes)


STRETCHED = {"domain": DOMAIN, "inputs": Inputs((2.0, 10.5), (3.0, 0.4))}
OUTPUTS = Layer(3, ("identity",) * 3)
MIXED = network(
    Layer(6, tuple(LINEAR)),
    Layer(5, ("relu", "abs", "hard_tanh", "step", "relu"), pre="leaky_relu", skip=True, off=(4,)),
    replace(OUTPUTS, skip=True),
    **STRETCHED,
)
RELU = network(Layer(5, ("relu",) * 5), Layer(4, ("relu",) * 4), OUTPUTS, seed=4)


def look(model: Model) -> dict[str, Any]:
    return {"document": serialise(model), "body": answer(model)}


OPENED = """
  const { readAnswer } = await import('/assets/lib/regions.mjs');
  const { open } = await import('/assets/lenses/regions/reading.mjs');
  const opened = open({ document: argument.document, ...readAnswer(argument.body) });
"""


def painted(modules: Relief, name: str, model: Model, layer: int = 2, neuron: int | None = 0) -> dict[str, Any]:
    return dict(
        module(
            modules,
            "colouring.mjs",
            OPENED
            + """const look = { ...opened, layer: argument.layer, neuron: argument.neuron };
                 const { missing, paint } = m.COLOURINGS.find(({ name }) => name === argument.name);
                 const why = missing(look);
                 if (why) return { why };
                 const { groups, swatches, ramp, boundary } = paint(look, argument.colours);
                 return { groups: groups.map(({ colour, members }) => [colour, [...members]]), swatches, ramp,
                          boundary: boundary && [...boundary],
                          sizes: look.neuron === null ? null : [...m.gradientSizes(look)] };""",
            {**look(model), "layer": layer, "neuron": neuron, "name": name, "colours": LIGHT},
        )
    )
