"""What is installed is locked: every file by its hash, everything that is needed, and nothing below its floor."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.app.test_requirements import closure, is_needed, read
from tests.audit import FINE, UNKNOWN, VULNERABLE, report
from tests.lock import ENTRY, ROOT, bases, installed_by, requirements_files, wanted_by

FILES = requirements_files()
ENTRIES = re.compile(r"^(\S+==.*?)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n", re.MULTILINE)
FLOORS = re.findall(r"^\| `([\w-]+)` \| ([\d.]+) \| (.+) \|$", (ROOT / "SECURITY.md").read_text(), flags=re.MULTILINE)


def locked(path: Path) -> dict[str, Requirement]:
    """What a requirements file's lock installs, with the locks that it includes."""
    text = path.with_suffix(".lock").read_text()
    found = {canonicalize_name(Requirement(line).name): Requirement(line) for line, _ in ENTRIES.findall(text)}
    for base in bases(path):
        found |= locked(base)
    return found


def pinned(path: Path) -> dict[str, Requirement]:
    """What a requirements file lists, with the files that it includes."""
    found = {canonicalize_name(requirement.name): requirement for requirement in read(path.read_text())}
    for base in bases(path):
        found |= pinned(base)
    return found


def version(requirement: Requirement) -> Version:
    (specifier,) = requirement.specifier
    assert specifier.operator == "=="
    return Version(specifier.version)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_lock_is_nothing_but_versions_with_hashes_and_the_locks_it_includes(path: Path) -> None:
    text = path.with_suffix(".lock").read_text()
    assert ENTRIES.search(text)
    rest = ENTRIES.sub("", text).splitlines()
    assert [line for line in rest if not line.startswith("#")] == [f"-r {base.stem}.lock" for base in bases(path)]
    assert "://" not in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_pinned_is_locked_at_that_version(path: Path) -> None:
    wanted, there = pinned(path), locked(path)
    assert wanted.keys() <= there.keys()
    for name, requirement in wanted.items():
        assert (there[name].specifier, str(there[name].marker)) == (requirement.specifier, str(requirement.marker))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-fast.txt", "requirements-cluster.txt"])
def test_what_relief_runs_on_is_pinned_down_to_the_last_package(name: str) -> None:
    assert locked(ROOT / name).keys() == pinned(ROOT / name).keys()


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-fast.txt", "requirements-cluster.txt", "requirements-dev.txt"]
)
def test_nothing_is_missing_in_a_lock_and_nothing_is_there_for_nobody(name: str) -> None:
    """Compared with what the installed packages say that they need."""
    there = {name for name, requirement in locked(ROOT / name).items() if is_needed(requirement)}
    assert there == closure([r for r in pinned(ROOT / name).values() if is_needed(r)])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_version_is_a_trial(path: Path) -> None:
    assert not [str(r) for r in locked(path).values() if version(r).is_prerelease or version(r).local]


@pytest.mark.parametrize(("name", "floor", "reason"), FLOORS, ids=[name for name, *_ in FLOORS])
def test_no_version_is_below_the_floor_that_the_security_document_names(name: str, floor: str, reason: str) -> None:
    versions = [version(locked(path)[name]) for path in FILES if name in locked(path)]
    assert versions, f"{name} is not used any more"
    assert min(versions) >= Version(floor), reason


def test_there_are_floors() -> None:
    assert {"dash", "gunicorn", "werkzeug", "urllib3"} <= {name for name, *_ in FLOORS}


def test_whatever_installs_asks_for_hashes() -> None:
    for name in ("Makefile", "Dockerfile"):
        lines = [
            line for line in (ROOT / name).read_text().splitlines() if "pip" in line and " -r requirements" in line
        ]
        assert lines
        for line in lines:
            assert "--require-hashes -r requirements" in line or line.endswith("requirements-lock.txt"), line


# Writing the locks.

COMPILED = """\
apple==1 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
    # via
    #   -r requirements.txt
    #   cake
cake==2 ; python_version < "3.14" \\
    --hash=sha256:ca
    # via -r requirements-fast.txt

# The following packages are considered to be unsafe in a requirements file:
flour==3 \\
    --hash=sha256:fa
    # via cake
"""


def test_every_package_is_locked_where_it_is_first_needed() -> None:
    entries = {match["name"]: match[0] for match in ENTRY.finditer(COMPILED)}
    assert {name: wanted_by(entry) for name, entry in entries.items()} == {
        "apple": {"-r requirements.txt", "cake"},
        "cake": {"-r requirements-fast.txt"},
        "flour": {"cake"},
    }
    assert installed_by(ROOT / "requirements.txt", entries) == {"apple"}
    assert installed_by(ROOT / "requirements-fast.txt", entries) == {"apple", "cake", "flour"}


# What the audit says.

KNOWN = {"name": "apple", "version": "1", "vulns": []}
FLAWED = {"name": "cake", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "flour", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("dependencies", "code", "said"),
    [
        ([KNOWN], FINE, "1 of 1 packages looked up, 0 vulnerabilities known"),
        ([KNOWN, FLAWED], VULNERABLE, "cake 2: CVE-1, fixed in 3"),
        ([FLAWED, SKIPPED], VULNERABLE, "NOTHING IS KNOWN about 1"),
        ([KNOWN, SKIPPED], UNKNOWN, "NOTHING IS KNOWN about 1"),
        ([SKIPPED, SKIPPED], UNKNOWN, "0 of 2 packages looked up"),
        ([], UNKNOWN, "NOTHING IS KNOWN"),
    ],
)
def test_the_audit_never_takes_silence_for_good_news(dependencies: list[dict], code: int, said: str) -> None:  # type: ignore[type-arg]
    text, told = report(dependencies)
    assert told == code
    assert said in text
