"""What runs on this machine, read from /proc."""

import os
from pathlib import Path

PROC = Path("/proc")


def _state_and_parent(pid: int) -> tuple[str, int]:
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "X", 0
    state, parent = text.rpartition(")")[2].split()[:2]  # the name before it may hold anything
    return state, int(parent)


def state(pid: int) -> str:
    """Return the state of a process as ps shows it: R, S, …, Z for one that has ended, X for none."""
    return _state_and_parent(pid)[0]


def is_running(pid: int) -> bool:
    """Whether there is such a process and it is not one that has ended and only waits to be asked how."""
    return state(pid) not in "XZ"


def children(pid: int) -> set[int]:
    """Return the running children of a process."""
    everyone = {int(path.name) for path in PROC.iterdir() if path.name.isdigit()}
    return {other for other in everyone if _state_and_parent(other)[1] == pid and is_running(other)}


def descendants(pid: int) -> set[int]:
    """Return the running children of a process, theirs, and so on."""
    own = children(pid)
    return own.union(*(descendants(child) for child in own))


def fork_servers(pid: int) -> set[int]:
    """Return those children of a process from which its ``LocalWorker`` has its own forked."""
    return {child for child in children(pid) if b"multiprocessing.forkserver" in _command(child)}


def _command(pid: int) -> bytes:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def trainers(pid: int = os.getpid()) -> set[int]:
    """Return the processes in which the ``LocalWorker`` of a process trains."""
    return set().union(*(children(server) for server in fork_servers(pid)))


def environment(pid: int) -> dict[str, str]:
    """Return the environment a process was started with."""
    items = (PROC / str(pid) / "environ").read_bytes().decode().split("\0")
    return dict(item.split("=", 1) for item in items if item)


def n_threads(pid: int) -> int:
    return len(list((PROC / str(pid) / "task").iterdir()))
