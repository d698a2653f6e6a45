"""A model as a PyTorch script: an ``nn.Module`` and its state."""

from nets.code_parts import Part, Parts, applied, called, definitions, described, literal

HEAD = '''"""The network {shape} of Relief, after {epoch} epochs, in PyTorch.

network(points) takes points (n, 2), x and y in each row, and returns the outputs (n, {outputs}).
"""

import torch
from torch import nn
'''

MODULE = '''
class Network(nn.Module):
    """A function of the plane: points (n, 2) in, outputs (n, {outputs}) out."""

    def __init__(self):
        super().__init__()
{layers}

    def forward(self, points):
        inputs = {inputs}
        v = inputs
{steps}
        return v
'''

STATE = """
STATE = {{
{state}
}}

network = Network()
network.load_state_dict({{name: torch.tensor(values, dtype=torch.float64) for name, values in STATE.items()}})
"""

CHECK = """
if __name__ == "__main__":
    points = torch.tensor({points}, dtype=torch.float64)
    expected = torch.tensor({expected}, dtype=torch.float64)
    with torch.no_grad():
        outputs = network(points)
    print(outputs)
    torch.testing.assert_close(outputs, expected, rtol=1e-6, atol=1e-9, equal_nan=True)
"""


def write(parts: Parts) -> str:
    """Return the script."""
    outputs = parts.layers[-1].width
    layers = "\n".join(
        f"        self.{part.name} = nn.Linear({part.weights.shape[1]}, {part.width}, dtype=torch.float64)"
        for part in parts.layers
    )
    steps = "\n".join(_step(part) for part in parts.layers)
    blocks = [
        HEAD.format(shape=parts.shape, epoch=parts.epoch, outputs=outputs),
        *([f"\n{definitions(parts.functions, 'torch')}\n"] if parts.functions else []),
        MODULE.format(outputs=outputs, layers=layers, inputs=_inputs(parts), steps=steps),
        STATE.format(state="\n".join(_state(part) for part in parts.layers)),
        CHECK.format(points=literal(parts.points, 4), expected=literal(parts.outputs, 4)),
    ]
    return "\n".join(blocks)


def _inputs(parts: Parts) -> str:
    if not parts.is_standardised:
        return "points"
    return f"(points - points.new_tensor({list(parts.centre)})) / points.new_tensor({list(parts.scale)})"


def _state(part: Part) -> str:
    return f'    "{part.name}.weight": {literal(part.weights, 4)},\n    "{part.name}.bias": {literal(part.biases)},'


def _step(part: Part) -> str:
    lines = [f"# {described(part)}"]
    if part.skip:
        lines.append("v = torch.cat([v, inputs], dim=1)")
    if part.pre != "identity":
        lines.append(f"v = {called(part.pre, 'v')}")
    lines.append(f"z = self.{part.name}(v)")
    lines.append(f"v = {applied(part.runs, 'torch.cat([{}], dim=1)')}")
    return "\n".join(f"        {line}" for line in lines)
