"""A model as a Keras script: the functional API of Keras 3, whatever its backend."""

from nets.code_parts import Part, Parts, applied, definitions, described, function_name, literal

HEAD = '''"""The network {shape} of Relief, after {epoch} epochs, in Keras.

network(points) takes points (n, 2), x and y in each row, and returns the outputs (n, {outputs}).
"""

import keras
import numpy as np
from keras import ops

keras.config.set_floatx("float64")
'''

NETWORK = """
points = keras.Input((2,), name="points")
inputs = {inputs}
v = inputs
{steps}
network = keras.Model(points, v, name="relief")
"""

WEIGHTS = """
WEIGHTS = {{
{weights}
}}
for name, (W, b) in WEIGHTS.items():
    network.get_layer(name).set_weights([np.array(W).T, np.array(b)])  # Keras has a column per neuron
"""

CHECK = """
if __name__ == "__main__":
    points = np.array({points})
    expected = np.array({expected})
    outputs = ops.convert_to_numpy(network(points))
    print(outputs)
    np.testing.assert_allclose(outputs, expected, rtol=1e-3, atol=1e-4)  # some backends compute in float32
"""


def write(parts: Parts) -> str:
    """Return the script."""
    mixed = [_mixture(part) for part in parts.layers if len(part.runs) > 1]
    functions = "\n\n\n".join([definitions(parts.functions, "keras"), *mixed] if parts.functions else mixed)
    blocks = [
        HEAD.format(shape=parts.shape, epoch=parts.epoch, outputs=parts.layers[-1].width),
        *([f"\n{functions}\n"] if functions else []),
        NETWORK.format(inputs=_inputs(parts), steps="\n".join(_step(part) for part in parts.layers)),
        WEIGHTS.format(weights="\n".join(_weights(part) for part in parts.layers)),
        CHECK.format(points=literal(parts.points, 4), expected=literal(parts.outputs, 4)),
    ]
    return "\n".join(blocks)


def _inputs(parts: Parts) -> str:
    if not parts.is_standardised:
        return "points"
    scale = [1 / value for value in parts.scale]
    offset = [-centre / value for centre, value in zip(parts.centre, parts.scale, strict=True)]
    return f'keras.layers.Rescaling({scale}, {offset}, name="standardised")(points)'


def _mixture(part: Part) -> str:
    return f"def {part.name}_activation(z):\n    return {applied(part.runs, 'ops.concatenate([{}], axis=1)')}"


def _activation(part: Part) -> str:
    if len(part.runs) > 1:
        return f"{part.name}_activation"
    [run] = part.runs
    return "None" if run.name == "identity" else function_name(run.name)


def _step(part: Part) -> str:
    lines = [f"# {described(part)}"]
    if part.skip:
        lines.append(f'v = keras.layers.Concatenate(name="{part.name}_skip")([v, inputs])')
    if part.pre != "identity":
        lines.append(f'v = keras.layers.Activation({function_name(part.pre)}, name="{part.name}_pre")(v)')
    lines.append(f'v = keras.layers.Dense({part.width}, activation={_activation(part)}, name="{part.name}")(v)')
    return "\n".join(lines)


def _weights(part: Part) -> str:
    return f'    "{part.name}": (\n        {literal(part.weights, 8)},\n        {literal(part.biases)},\n    ),'
