"""What is in the container's image: megabytes of each part."""

import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.app.containers import build, remove
from tests.benchmark.tables import Benchmark, Column

MEGA = 1e6


class Row(NamedTuple):
    """Megabytes of files."""

    part: str
    megabytes: float


def measure(repetitions: int) -> list[Row]:
    """Build the image as the container's tests do, and measure what the Dockerfile's steps have added."""
    image = build(Path(tempfile.mkdtemp()))
    try:
        compiled = size(image.directory / "compiled")
        parts = {
            "packages": size(image.path / "venv") - image.size_of_base,
            "compiled engine's kernel": compiled,
            "Relief itself": size(image.directory) - compiled,
        }
    finally:
        remove(image)
    return [*(Row(part, amount / MEGA) for part, amount in parts.items()), Row("all", sum(parts.values()) / MEGA)]


def size(path: Path) -> int:
    """Return the bytes of all files in a directory."""
    return sum(file.lstat().st_size for file in path.rglob("*") if file.is_file())


BENCHMARK = Benchmark(
    name="image",
    title="What the image adds to its base",
    caption=(
        "The Dockerfile's steps carried out as the container's tests do, with files as they lie on the disk. The base, "
        "python:3.11-slim, is not in it."
    ),
    columns=(Column("part", "part"), Column("MB", "megabytes", ".1f")),
    measure=measure,
    repetitions=1,
    quick=1,
)
