"""A model as a numpy script."""

from nets.code_parts import Part, Parts, applied, called, definitions, described, literal

HEAD = '''"""The network {shape} of Relief, after {epoch} epochs, in numpy.

forward(points) takes points (n, 2), x and y in each row, and returns the outputs (n, {outputs}).
"""

import numpy as np
'''

FORWARD = '''
@np.errstate(all="ignore")  # where a nonlinearity is undefined the answer is nan, which is no error
def forward(points):
    """Return the outputs (n, {outputs}) at points (n, 2)."""
    inputs = {inputs}
    v = inputs
{steps}
    return v
'''

CHECK = """
if __name__ == "__main__":
    points = np.array({points})
    expected = np.array({expected})
    print(forward(points))
    np.testing.assert_allclose(forward(points), expected, rtol=1e-6, atol=1e-9)
"""


def write(parts: Parts) -> str:
    """Return the script."""
    outputs = parts.layers[-1].width
    steps = "\n".join(_step(index + 1, part) for index, part in enumerate(parts.layers))
    seen = "(points - CENTRE) / SCALE" if parts.is_standardised else "points"
    blocks = [
        HEAD.format(shape=parts.shape, epoch=parts.epoch, outputs=outputs),
        *([_standardisation(parts)] if parts.is_standardised else []),
        "\n".join(_weights(index + 1, part) for index, part in enumerate(parts.layers)),
        *([f"\n{definitions(parts.functions, 'numpy')}\n"] if parts.functions else []),
        FORWARD.format(outputs=outputs, inputs=seen, steps=steps),
        CHECK.format(points=literal(parts.points, 4), expected=literal(parts.outputs, 4)),
    ]
    return "\n".join(blocks)


def _standardisation(parts: Parts) -> str:
    return f"CENTRE = np.array({list(parts.centre)})\nSCALE = np.array({list(parts.scale)})\n"


def _weights(number: int, part: Part) -> str:
    weights = f"W{number} = np.array({literal(part.weights)})\nb{number} = np.array({literal(part.biases)})"
    return f"# {described(part)}\n{weights}\n"


def _step(number: int, part: Part) -> str:
    lines = [f"# {part.title}"]
    if part.skip:
        lines.append("v = np.concatenate([v, inputs], axis=1)")
    if part.pre != "identity":
        lines.append(f"v = {called(part.pre, 'v')}")
    lines.append(f"z = v @ W{number}.T + b{number}")
    lines.append(f"v = {applied(part.runs, 'np.concatenate([{}], axis=1)')}")
    return "\n".join(f"    {line}" for line in lines)
