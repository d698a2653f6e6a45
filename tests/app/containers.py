"""The container without a container engine: what the Dockerfile says, done in a directory that is then read-only.

The directory has a virtual environment of its own in place of the image's Python. Nothing of the Dockerfile is
repeated here: its instructions are read and carried out. Of them, only those that make a system account are not.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SYSTEM_ACCOUNTS = ("useradd", "groupadd", "adduser", "addgroup")


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile, its lines joined."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """The instruction's words, in whichever of the two forms they are written."""
        words: list[str] = json.loads(self.text) if self.text.startswith("[") else shlex.split(self.text)
        return words


def read_instructions(text: str) -> list[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [Instruction(*line.split(maxsplit=1)) for line in joined]


@dataclass
class Image:
    """What building made.

    Attributes:
        path: of everything.
        size_of_base: bytes of what stands for the base image, before any instruction.
        environment: the ENV instructions.
        user: who it is run as.
        command: what starts it.
        health: what tells whether it is well.
    """

    path: Path
    size_of_base: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    user: str = "root"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    @property
    def directory(self) -> Path:
        return self.path / "srv"

    @property
    def search_path(self) -> str:
        return f"{self.path / 'venv' / 'bin'}:{os.environ['PATH']}"

    def contents(self) -> dict[str, tuple[int, int, int]]:
        """Return everything in the image with its size, mode and time of change."""
        found = {}
        for path in self.path.rglob("*"):
            status = path.lstat()
            found[str(path)] = (status.st_size, status.st_mode, status.st_mtime_ns)
        return found


def build(path: Path) -> Image:
    """Carry out the Dockerfile's instructions."""
    image = Image(path)
    image.directory.mkdir()
    subprocess.run([sys.executable, "-m", "venv", path / "venv"], check=True)
    image.size_of_base = sum(file.lstat().st_size for file in path.rglob("*") if file.is_file())
    for instruction in read_instructions((ROOT / "Dockerfile").read_text()):
        _carry_out(instruction, image)
    for directory, _, files in os.walk(path):
        for file in files:
            _forbid_writing(Path(directory) / file)
        _forbid_writing(Path(directory))
    return image


def remove(image: Image) -> None:
    """Delete an image, which needs its directories to be writable again."""
    for directory, _, _ in os.walk(image.path):
        os.chmod(directory, 0o700)
    shutil.rmtree(image.path)


def _forbid_writing(path: Path) -> None:
    if not path.is_symlink():
        path.chmod(path.stat().st_mode & ~0o222)


def _carry_out(instruction: Instruction, image: Image) -> None:
    match instruction.name:
        case "RUN":
            _run(instruction, image)
        case "COPY":
            *sources, target = instruction.words
            for source in sources:
                _copy(ROOT / source, image.directory / target)
        case "ENV":
            image.environment |= dict(word.split("=", 1) for word in instruction.words)
        case "USER":
            image.user = instruction.text
        case "CMD":
            image.command = instruction.words
        case "HEALTHCHECK":
            image.health = Instruction(*instruction.text[instruction.text.index("CMD") :].split(maxsplit=1)).words
        case "FROM" | "WORKDIR" | "EXPOSE":
            pass
        case other:
            raise ValueError(f"the tests do not know how to carry out {other}")


def _run(instruction: Instruction, image: Image) -> None:
    if instruction.words[0] in SYSTEM_ACCOUNTS:
        return
    environment = {**os.environ, **image.environment, "PATH": image.search_path}
    result = subprocess.run(
        ["sh", "-ec", instruction.text],
        cwd=image.directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{instruction.text}\n{result.stdout}\n{result.stderr}"


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target / source.name if target.is_dir() else target)
