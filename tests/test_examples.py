"""The example runs as it stands, as a script and cell by cell, and leaves a page that needs nothing else."""

import base64
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.layer_figures import height_scale, network_figure
from nets import Budget, Model, create, dataset, surfaces, train_slice

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "examples" / "spiral.py"
LIMIT = 60  # s; it takes one


def run(folder: Path, *arguments: str) -> str:
    """Run the script in a folder, without anything of ours in the environment, and return what it prints."""
    command = [sys.executable, "-W", "error", str(SCRIPT), *arguments]
    done = subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, check=True, timeout=LIMIT)
    return done.stdout


@pytest.fixture(scope="module")
def printed_and_page(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("spiral")
    printed = run(folder)
    assert [path.name for path in folder.iterdir()] == ["spiral.html"]
    return printed, (folder / "spiral.html").read_text()


@pytest.fixture(scope="module")
def model() -> Model:
    """The network that the script trains."""
    return train_slice(create(dataset("spiral", 3), hidden=[8, 8]), Budget(epochs=300)).model


def surface_of(page: str) -> dict[str, Any]:
    """Return the surface that a page has Plotly draw."""
    call = page[page.rindex("Plotly.newPlot(") :]
    traces, _ = json.JSONDecoder().raw_decode(call[call.index("[") :])
    return dict(traces[0])


def numbers(typed: dict[str, str]) -> np.ndarray:
    values = np.frombuffer(base64.b64decode(typed["bdata"]), dtype=typed["dtype"])
    return values.reshape([int(length) for length in typed["shape"].split(",")])


def test_it_prints_losses_that_fall_and_a_landscape(printed_and_page: tuple[str, str], model: Model) -> None:
    printed, _ = printed_and_page
    losses = [float(found) for found in re.findall(r"^ *\d+ +(\d+\.\d{3}) ", printed, flags=re.MULTILINE)]
    assert losses[0] > 0.9
    assert losses[-1] < 0.02
    corner = surfaces(model, 7)[2].activation[5, -1, 0]  # of the upper edge, at the left
    assert re.search(rf"^ 1\.00 +{re.escape(f'{corner:.2f}')} ", printed, flags=re.MULTILINE)


def test_the_page_holds_every_landscape_of_every_layer(printed_and_page: tuple[str, str], model: Model) -> None:
    """Each neuron's heights are found by its name among the readings, and their drawing by the layer's scale."""
    surface = surface_of(printed_and_page[1])
    text, z = np.array(surface["text"]), numbers(surface["z"])
    np.testing.assert_array_equal(z, numbers(network_figure(model)["data"][0]["z"]))
    titles = {
        0: [f"input · {name}" for name in "xy"],
        1: [f"hidden 1 · neuron {k + 1}" for k in range(8)],
        2: [f"hidden 2 · neuron {k + 1}" for k in range(8)],
        3: [f"classes · class {k + 1}" for k in range(3)],
    }
    for layer, names in titles.items():
        is_of_layer = np.strings.startswith(text, names[0].split(" · ")[0] + " · ")
        n = round(np.sqrt(is_of_layer.sum() / len(names)))
        heights = surfaces(model, n)[layer].activation
        for neuron, name in enumerate(names):
            drawn = z[np.strings.startswith(text, name + ":")]
            np.testing.assert_allclose(drawn * height_scale(heights), heights[neuron].ravel(), rtol=1e-5, atol=1e-5)


def test_the_page_loads_nothing(printed_and_page: tuple[str, str]) -> None:
    elements: list[tuple[str, dict[str, str | None]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: elements.append((tag, dict(attributes)))  # type: ignore[method-assign]
    parser.feed(printed_and_page[1])
    assert {tag for tag, _ in elements} == {"html", "head", "meta", "style", "body", "div", "script"}
    assert not any({"src", "href"} & set(attributes) for _, attributes in elements)
    assert "@import" not in printed_and_page[1].split("<script")[0]
    assert len(printed_and_page[1]) > 4_000_000  # Plotly is in it


def test_it_writes_the_page_where_it_is_told_to_and_the_same_again(
    printed_and_page: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    printed = run(tmp_path, "out/landscapes.html")
    assert str(tmp_path / "out" / "landscapes.html") in printed
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert surface_of((tmp_path / "out" / "landscapes.html").read_text()) == surface_of(printed_and_page[1])


def test_it_runs_cell_by_cell_where_the_command_line_is_a_kernels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "argv", ["ipykernel_launcher.py", "-f", "kernel.json"])
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    _, *cells = SCRIPT.read_text().split("\n# %% ")
    namespace: dict[str, Any] = {}
    for cell in cells:
        title, prose, _ = cell.split("\n", 2)
        assert title
        assert prose.startswith("# ")
        exec(f"# {cell}", namespace)
    assert [path.name for path in tmp_path.iterdir()] == ["spiral.html"]
