"""The documents say what is true."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from app.bodies import parse_run
from app.settings import SETTINGS
from nets import ACTIVATIONS, DATASETS, DROPOUTS, INITIALIZERS, LOSSES, OPTIMIZERS, REGULARIZERS, SCHEDULES
from nets.optimizers import HYPERPARAMETERS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()


def row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


ROWS = [
    row(f"`{entry.name}`", entry.formula, entry.source)
    for table in (ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, REGULARIZERS, DROPOUTS, SCHEDULES)
    for entry in table.values()
]


@pytest.mark.parametrize("line", ROWS)
def test_every_row_of_a_table_stands_in_the_readme_with_its_formula_and_source(line: str) -> None:
    assert line in README.splitlines()


@pytest.mark.parametrize("entry", HYPERPARAMETERS.values(), ids=HYPERPARAMETERS)
def test_every_hyperparameter_stands_in_the_readme_with_its_default_and_range(entry) -> None:  # type: ignore[no-untyped-def]
    cells = (f"`{entry.name}`", entry.label, f"{entry.default:g}", f"{entry.low:g} to {entry.high:g}", entry.meaning)
    assert row(*cells) in README.splitlines()


@pytest.mark.parametrize("entry", DATASETS.values(), ids=DATASETS)
def test_every_data_set_stands_in_the_readme_with_its_classes(entry) -> None:  # type: ignore[no-untyped-def]
    low, high = entry.classes
    classes = "regression" if entry.is_regression else str(low) if low == high else f"{low}–{high}"
    assert row(f"`{entry.name}`", entry.description, classes) in README.splitlines()


def test_the_readme_has_the_settings_with_their_defaults_and_meanings_and_no_others() -> None:
    chapter = README.split("## Settings")[1].split("\n## ")[0]
    shown = [line for line in chapter.splitlines() if line.startswith("|")]
    assert shown[2:] == [
        row(f"`{setting.name}`", setting.default_in_words or f"`{setting.default}`", setting.meaning)
        for setting in SETTINGS
    ]


def test_the_readmes_python_works_as_it_stands(tmp_path: Path) -> None:
    code = README.split("```python\n")[1].split("```")[0]
    assert len([line for line in code.splitlines() if line]) <= 10
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "train_accuracy" in run.stdout
    assert "Plotly.newPlot" in (tmp_path / "landscape.html").read_text()


def test_the_readmes_request_is_one_that_the_server_takes() -> None:
    line = next(line for line in README.splitlines() if line.startswith(".venv/bin/python -c"))
    _, *arguments = shlex.split(line.split(" > ")[0])
    made = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=True).stdout
    assert parse_run(json.loads(made)).epochs == 20


@pytest.mark.parametrize("folder", ["app", "examples", "nets"])
def test_the_map_of_the_tree_has_every_module(folder: str) -> None:
    chapter = README.split("## Map of the tree")[1]
    for module in (ROOT / folder).glob("*.py"):
        assert f"  {module.name} " in chapter


def test_the_architecture_names_every_module_of_the_page() -> None:
    named = set(re.findall(r"`([\w-]+)`", ARCHITECTURE.split("| module | concern |")[1].split("\n\n")[0]))
    folders = [ROOT / "assets" / folder for folder in ("lib", "lenses", "sheets")]
    modules = {path.stem for folder in folders for path in folder.rglob("*.mjs")}
    assert named == modules | {"main"} | (named & {"nets"})


def test_every_dependency_earns_its_place_in_the_architecture() -> None:
    direct = (ROOT / "requirements.txt").read_text().split("\n\n")[0]
    for name in re.findall(r"^([\w.-]+)==", direct, flags=re.MULTILINE):
        assert f"| {name} |" in ARCHITECTURE
    cluster = (ROOT / "requirements-cluster.txt").read_text().split("\n\n")[0]
    for name in re.findall(r"^([\w.-]+)==", cluster, flags=re.MULTILINE):
        assert re.search(rf"^\| {name} \(.*\) \|", ARCHITECTURE, flags=re.MULTILINE)
    for file in ("requirements-dev.txt", "requirements-bench.txt"):
        for name in re.findall(r"^([\w.-]+)==", (ROOT / file).read_text(), flags=re.MULTILINE):
            assert name in ARCHITECTURE.split("## Dependencies")[1]


def test_the_changelog_begins_with_the_version_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "SECURITY.md"])
def test_what_a_document_links_to_exists(document: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / document).read_text()):
        assert (ROOT / target).exists()
