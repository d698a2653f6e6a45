"""Requirements: everything is pinned, and what is listed is what is needed, no more and no less."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
FILES = sorted(ROOT.glob("requirements*.txt"))
BOUNDARY = "# What those need"  # in requirements.txt, between what the project uses itself and what that uses


def read(text: str) -> list[Requirement]:
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("-r ")]


# The client of Redis needs it on Python 3.11.0 to 3.11.2; a lock has it for every 3.11, wherever that is written.
OF_SOME_PYTHONS = {"async-timeout"}


def needed(name: str, extras: frozenset[str] = frozenset()) -> Iterator[Requirement]:
    """Yield what an installed distribution needs here."""
    for line in [] if name in OF_SOME_PYTHONS else requires(name) or []:
        requirement = Requirement(line)
        if any(is_needed(requirement, extra) for extra in {"", *extras}):
            yield requirement


def is_needed(requirement: Requirement, extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def closure(requirements: list[Requirement]) -> set[str]:
    """Return the names of what is installed with some requirements, their own included."""
    found: set[str] = set()
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name not in found:
            found.add(name)
            waiting += needed(name, frozenset(requirement.extras))
    return found


TEXT = (ROOT / "requirements.txt").read_text()
DIRECT, LISTED = read(TEXT.partition(BOUNDARY)[0]), read(TEXT)
FAST = read((ROOT / "requirements-fast.txt").read_text())
CLUSTER_TEXT = (ROOT / "requirements-cluster.txt").read_text()
CLUSTER = read(CLUSTER_TEXT)
CLUSTER_DIRECT = read(CLUSTER_TEXT.partition(BOUNDARY)[0])
LISTED_HERE = {canonicalize_name(requirement.name) for requirement in LISTED if is_needed(requirement)}
CLUSTER_HERE = {canonicalize_name(requirement.name) for requirement in CLUSTER if is_needed(requirement)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_requirement_is_pinned_to_one_version(file: Path) -> None:
    requirements = read(file.read_text())
    assert requirements
    for requirement in requirements:
        assert [specifier.operator for specifier in requirement.specifier] == ["=="], requirement
        assert "*" not in str(requirement.specifier)
        assert requirement.url is None


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_requirement_is_listed_twice_and_they_are_in_order(file: Path) -> None:
    for part in file.read_text().split("\n\n"):
        names = [canonicalize_name(requirement.name) for requirement in read(part)]
        assert names == sorted(set(names))


def test_the_requirements_install_nothing_that_is_not_listed() -> None:
    assert closure(DIRECT) - LISTED_HERE == set()


def test_nothing_is_listed_that_is_not_needed() -> None:
    assert LISTED_HERE - closure(DIRECT) == set()


@pytest.mark.parametrize(
    "requirement", [r for r in LISTED + CLUSTER if is_needed(r) and r.name not in OF_SOME_PYTHONS], ids=lambda r: r.name
)
def test_every_pin_suits_everything_that_needs_it_and_is_what_is_installed_here(requirement: Requirement) -> None:
    name = canonicalize_name(requirement.name)
    installed = version(name)
    assert installed in requirement.specifier
    for other in LISTED_HERE | CLUSTER_HERE:
        for wanted in needed(other):
            assert canonicalize_name(wanted.name) != name or wanted.specifier.contains(installed, prereleases=True)


def imports(*packages: str) -> set[str]:
    """Return the top-level modules that the files of some packages import."""
    nodes = [
        node
        for package in packages
        for path in (ROOT / package).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
    ]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    of = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | of} - set(sys.stdlib_module_names)


def test_everything_that_is_imported_is_listed() -> None:
    distributions = packages_distributions()
    used = {
        canonicalize_name(name) for module in imports("app", "nets") - {"app", "nets"} for name in distributions[module]
    }
    fast = {canonicalize_name(requirement.name) for requirement in FAST}
    cluster = {canonicalize_name(requirement.name) for requirement in CLUSTER_DIRECT}
    assert used - fast - cluster <= LISTED_HERE
    assert used >= {"dash", "numpy", "flask", "numba"} | cluster


def test_the_compiled_engine_installs_nothing_that_is_not_listed() -> None:
    assert closure(FAST) == {canonicalize_name(requirement.name) for requirement in FAST} | {"numpy"}


def test_a_cluster_installs_nothing_that_is_not_listed_and_lists_nothing_that_it_does_not_need() -> None:
    assert closure(CLUSTER_DIRECT) - LISTED_HERE == CLUSTER_HERE - OF_SOME_PYTHONS


WITHOUT_A_COMPILER = """
import sys
sys.modules["numba"] = sys.modules["llvmlite"] = None  # importing them fails
import nets
from nets.engine import warm_up
warm_up()
result = nets.train_slice(nets.create(nets.dataset("xor"), [2]), nets.Budget(epochs=1))
loaded = {name.partition(".")[0] for name in sys.modules}
print(result.model.progress.epoch, sorted(loaded & {"numpy", "scipy", "dash", "plotly"}))
"""


def test_networks_need_nothing_but_numpy() -> None:
    assert imports("nets") == {"nets", "numpy", "numba", "llvmlite"}
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT_A_COMPILER], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout == "1 ['numpy']\n"
