"""``help(nets)`` tells the whole story: every public name, every module, each module after those that it needs."""

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import nets

STORY, READING = (nets.__doc__ or "").split("The modules, in the order to read them")
MODULES = {path.stem: path for path in Path(nets.__file__).parent.glob("*.py") if path.stem != "__init__"}
READ = re.findall(r"``(\w+)``", READING)

names = pytest.mark.parametrize("name", nets.__all__)


def needs(path: Path) -> set[str]:
    """Return the modules of the package that a module imports."""
    imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    direct = {node.module.removeprefix("nets.") for node in imports if node.module and node.module.startswith("nets.")}
    return direct | {alias.name for node in imports if node.module == "nets" for alias in node.names} & set(MODULES)


@names
def test_every_public_name_is_in_the_story(name: str) -> None:
    assert f"``{name}``" in STORY


@names
def test_every_public_class_and_function_says_what_it_is(name: str) -> None:
    thing: Any = getattr(nets, name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert thing.__doc__
        assert not thing.__doc__.startswith(f"{name}(")  # what a dataclass or a named tuple says by itself


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_its_place_in_the_reading_order(module: str) -> None:
    assert READ.count(module) == 1


@pytest.mark.parametrize("module", READ)
def test_a_module_is_read_after_those_that_it_needs(module: str) -> None:
    assert needs(MODULES[module]) <= set(READ[: READ.index(module)])


@pytest.mark.parametrize("module", MODULES)
def test_every_module_begins_with_what_it_is(module: str) -> None:
    assert ast.get_docstring(ast.parse(MODULES[module].read_text()))
