"""Writes the lock files: what each requirements file installs, with the hash of every file it may come in.

``make lock`` runs it after requirements changed. What is locked already stays as it is; without the lock files
everything that is not pinned is looked up anew.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
OWN = "requirements-lock.txt"  # what this module itself needs, in an environment of its own
OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--allow-unsafe",  # setuptools, which pip-tools leaves out otherwise
    "--strip-extras",
    "--no-header",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
)
HEADER = "# Written by make lock from {}: the hashes of everything it installs.\n"
BASE = re.compile(r"^-r (\S+)\.txt$", re.MULTILINE)
ENTRY = re.compile(r"^(?P<name>[\w.-]+)==.*\\\n(?:    --hash=\S+(?: \\)?\n)+(?:    #.*\n)+", re.MULTILINE)


def requirements_files() -> list[Path]:
    return sorted(path for path in ROOT.glob("requirements*.txt") if path.name != OWN)


def bases(path: Path) -> list[Path]:
    """Return the requirements files that a requirements file includes."""
    return [path.with_name(name + ".txt") for name in BASE.findall(path.read_text())]


def compile_all(locked: str) -> str:
    """Return one lock for all requirements files together, so that they agree with each other.

    Args:
        locked: what to keep as it is, where the requirements allow it.
    """
    # Only the index itself: a file built elsewhere, which another source may offer, has another hash.
    others = ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS")
    environment = {name: value for name, value in os.environ.items() if name not in others}
    with tempfile.TemporaryDirectory() as directory:
        output = Path(directory, "all.lock")
        output.write_text(locked)
        subprocess.run(
            [sys.executable, "-m", "piptools", "compile", *OPTIONS, "--output-file", output]
            + [path.name for path in requirements_files()],
            cwd=ROOT,
            env={**environment, "PIP_CONFIG_FILE": os.devnull},
            check=True,
        )
        return output.read_text()


def wanted_by(entry: str) -> set[str]:
    """Return who needs a locked package: names of packages, and requirements files as "-r name.txt"."""
    comments = " ".join(line.strip(" #") for line in entry.splitlines() if line.startswith("    #"))
    return set(re.findall(r"-r \S+|[\w.-]+", comments.removeprefix("via")))


def installed_by(path: Path, entries: dict[str, str]) -> set[str]:
    """Return the names of the packages that a requirements file installs."""
    wanting = {f"-r {path.name}", *(f"-r {base.name}" for base in bases(path))}
    found: set[str] = set()
    for base in bases(path):
        found |= installed_by(base, entries)
    while new := {name for name, entry in entries.items() if wanted_by(entry) & (wanting | found)} - found:
        found |= new
    return found


def main() -> None:
    """Write a lock file beside each requirements file."""
    files = {path: path.with_suffix(".lock") for path in requirements_files()}
    before = "".join(lock.read_text() for lock in files.values() if lock.exists())
    entries = {match["name"]: match[0] for match in ENTRY.finditer(compile_all(re.sub(r"(?m)^-r .*\n", "", before)))}
    for path, lock in files.items():
        names = installed_by(path, entries)
        for base in bases(path):
            names -= installed_by(base, entries)
        includes = "".join(f"-r {base.with_suffix('.lock').name}\n" for base in bases(path))
        hashed = "".join(re.sub("    #.*\n", "", entries[name]) for name in sorted(names))
        lock.write_text(HEADER.format(path.name) + includes + hashed)


if __name__ == "__main__":
    main()
