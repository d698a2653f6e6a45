"""The container: built as the Dockerfile says, started as it says, read-only, and used as pages use it."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from app.celery_worker import PULSE
from app.cluster import CeleryWorker
from app.tasks import perform
from nets import create, dataset, serialise
from nets.limits import LIMITS
from tests.app.clusters import RedisServer
from tests.app.conditions import until
from tests.app.containers import ROOT, Image, build, read_instructions, remove
from tests.app.pages import Page
from tests.app.processes import descendants, is_running
from tests.app.runs import assert_is_that_run, at_checkpoint, oracle
from tests.app.servers import Server, Stream, serve
from tests.app.test_requirements import CLUSTER, FAST, LISTED, is_needed
from tests.nets.models import bits, spiral_model

INSTRUCTIONS = read_instructions((ROOT / "Dockerfile").read_text())
README = (ROOT / "README.md").read_text()
DOCUMENT = serialise(spiral_model())
LARGE = serialise(create(dataset("gaussians", 6, n=1000), hidden=[32] * 7))

SECOND_START = 3.0  # s, at most
AT_ONCE = 2.0  # s; what a user would call so
SOON = 3 * AT_ONCE  # the same on a machine that does many other things


@pytest.fixture(scope="session")
def image() -> Iterator[Image]:
    image = build(Path(tempfile.mkdtemp()))
    yield image
    remove(image)


@pytest.fixture(scope="session")
def contents(image: Image) -> dict[str, tuple[int, int, int]]:
    """What is in the image before any server was started from it."""
    return image.contents()


@pytest.fixture(scope="module")
def server(image: Image, contents: Any) -> Iterator[Server]:
    with serve(image) as server:
        yield server


# What the Dockerfile says.


def told(name: str) -> list[str]:
    return [instruction.text for instruction in INSTRUCTIONS if instruction.name == name]


def test_it_does_not_run_as_root() -> None:
    (user,) = told("USER")
    (made,) = [text for text in told("RUN") if text.startswith("useradd")]
    assert user not in ("root", "0")
    assert made.split()[-1] == user
    assert int(re.findall(r"--uid (\d+)", made)[0]) > 0
    names = [instruction.name for instruction in INSTRUCTIONS]
    assert not {"RUN", "COPY", "ADD"} & set(names[names.index("USER") :])


def test_its_python_is_one_the_project_supports() -> None:
    (base,) = told("FROM")
    (supported,) = re.findall(r'requires-python = "(.+)"', (ROOT / "pyproject.toml").read_text())
    assert re.findall(r"python:([\d.]+)", base)[0] in SpecifierSet(supported)


def test_it_listens_to_more_than_itself_and_says_where() -> None:
    environment = dict(pair.split("=") for pair in " ".join(told("ENV")).split())
    assert environment["HOST"] == "0.0.0.0"
    assert told("EXPOSE") == [environment["PORT"]]
    assert f"-p 127.0.0.1:{environment['PORT']}:{environment['PORT']} " in README


def test_it_is_started_directly_so_that_signals_reach_it() -> None:
    """In the shell form a shell is process 1, and keeps SIGTERM to itself."""
    (command,) = told("CMD")
    assert command.startswith("[")
    assert " CMD [" in told("HEALTHCHECK")[0]


def test_what_is_copied_is_let_through_and_nothing_else() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert ignored[0] == "*"
    copied = {source for text in told("COPY") for source in text.split()[:-1]}
    assert {line[1:] for line in ignored if line.startswith("!")} == copied
    assert "**/__pycache__" in ignored


# What is in it.


def test_exactly_the_pinned_requirements_are_installed(image: Image) -> None:
    pip = [image.path / "venv" / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    listed = subprocess.run([*pip, "list", "--format=json"], capture_output=True, check=True)
    installed = {name(item["name"]): item["version"] for item in json.loads(listed.stdout)}
    del installed["pip"]
    wanted = {name(r.name): str(next(iter(r.specifier)).version) for r in [*LISTED, *FAST, *CLUSTER] if is_needed(r)}
    assert installed == wanted
    subprocess.run([*pip, "check"], capture_output=True, check=True)


def name(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_every_module_is_compiled(image: Image) -> None:
    for package in ("app", "nets"):
        modules = {path.stem for path in (image.directory / package).glob("*.py")}
        compiled = {path.name.split(".")[0] for path in (image.directory / package / "__pycache__").iterdir()}
        assert compiled == modules >= {"__init__"}


def test_its_first_run_finds_a_kernel_that_is_compiled_already(server: Server) -> None:
    """What is compiled is kept; so where nothing was compiled, nothing was added to what the image holds."""
    with Stream(server, model=DOCUMENT, epochs=1) as stream:
        stream.rest()
    in_image = compiled_kernels(server.image.directory / "compiled")
    assert in_image
    assert compiled_kernels(Path(server.environment["TMPDIR"])) == in_image
    assert compiled_kernels(Path(server.environment["HOME"])) == {}


def compiled_kernels(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.rglob("*.nb[ci]")}


def test_it_holds_no_tests_and_no_history(image: Image) -> None:
    assert {path.name for path in image.directory.iterdir()}.isdisjoint(
        {"tests", ".git", ".venv", "Makefile", "app.py"}
    )


def test_it_cannot_be_written_to(server: Server) -> None:
    for path in ("app/new.py", "app/__init__.py", str(server.image.path / "venv" / "new")):
        command = ["python", "-c", f"open({path!r}, 'a')"]
        assert server.start(command, stderr=subprocess.DEVNULL).wait() != 0


# What it does.


def test_it_says_where_it_is_and_what_became_of_runs_and_nothing_else(server: Server) -> None:
    first, *others = server.log.splitlines()
    assert first == f"Relief is at http://127.0.0.1:{server.port}"
    assert [json.loads(line)["event"] for line in others] == ["run"] * len(others)


def test_it_is_well(server: Server) -> None:
    response, body = server.get("/healthz")
    assert (response.status, json.loads(body)) == (200, {"status": "ok"})


def test_the_page_and_everything_it_refers_to_is_served(server: Server) -> None:
    _, body = server.get("/")
    page = Page(body.decode())
    assert "relief-initial" in page.data
    urls = [url for url in page.urls if url.startswith("/")]
    assert len(urls) > 10
    for url in urls:
        response, content = server.get(url, **{"Accept-Encoding": "zstd"})
        assert (response.status, bool(content)) == (200, True), url
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_run_is_the_same_as_one_made_here(server: Server) -> None:
    with Stream(server, model=DOCUMENT, epochs=300) as stream:
        assert (stream.status, stream.headers["Content-Type"]) == (200, "application/x-ndjson")
        assert "Content-Encoding" not in stream.headers
        assert_is_that_run(stream.rest(), oracle(spiral_model(), 300))


def test_a_run_comes_line_by_line(server: Server) -> None:
    """It would never end, so what is read was sent before the end."""
    with Stream(server, model=DOCUMENT, rate=30) as stream:
        epochs = [stream.read()["epoch"] for _ in range(5)]
    assert epochs == sorted(epochs)


def test_others_are_answered_while_runs_are_under_way(server: Server) -> None:
    with ExitStack() as closing:
        streams = [closing.enter_context(Stream(server, model=LARGE)) for _ in range(8)]
        for stream in streams:
            stream.read()
        for path in ("/healthz", "/", "/assets/main.mjs"):
            start = time.monotonic()
            assert server.get(path)[0].status == 200
            assert time.monotonic() - start < SOON
        first = [stream.read()["epoch"] for stream in streams]
        assert [stream.read()["epoch"] for stream in streams] >= first


def test_a_run_survives_the_death_of_its_process(server: Server) -> None:
    with Stream(server, model=DOCUMENT, epochs=2000) as stream:
        lines = [stream.read()]
        for pid in server.trainers():
            os.kill(pid, signal.SIGKILL)
        lines += stream.rest()
    assert_is_that_run(lines, oracle(spiral_model(), 2000))


POST = "POST /api/train HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize("path", ["/api/train", "/_dash-update-component"])
def test_a_gigabyte_that_is_only_announced_is_refused_at_once(server: Server, path: str) -> None:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {10**9}\r\n\r\n"
    )
    start = time.monotonic()
    answer = server.send(head.encode() + b'{"model": ')
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert time.monotonic() - start < SOON


CHUNKED = POST.encode() + b"Transfer-Encoding: chunked\r\n\r\n"


def test_a_body_that_goes_on_and_on_is_refused(server: Server) -> None:
    size = LIMITS["bytes a request"]
    answer = server.send(CHUNKED + 2 * (b"%x\r\n%s\r\n" % (size, b" " * size)))
    # the sentence may be lost, because a connection with unread bytes in it is reset when it is closed
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("chunks", [b"x\r\n{}\r\n0\r\n\r\n", b"2\r\n{}{}\r\n0\r\n\r\n", b"-2\r\n{}\r\n0\r\n\r\n"])
def test_a_body_of_broken_chunks_is_refused(server: Server, chunks: bytes) -> None:
    answer = server.send(CHUNKED + chunks)
    assert re.match(rb"HTTP/1\.1 4\d\d ", answer), answer


@pytest.mark.parametrize("length", ["-1", "a", "1e9", "", "9" * 30])
def test_a_length_that_is_none_is_refused(server: Server, length: str) -> None:
    assert re.match(rb"HTTP/1\.1 4\d\d ", server.send(f"{POST}Content-Length: {length}\r\n\r\n".encode()))


def test_400_slow_clients_keep_nobody_from_being_answered(server: Server) -> None:
    """More than there are threads; each sends a little of a request, and then another little."""
    with ExitStack() as closing:
        crowd = [closing.enter_context(server.connect_raw(CHUNKED[:-20])) for _ in range(400)]
        for _ in range(10):
            start = time.monotonic()
            assert server.get("/healthz")[0].status == 200
            assert time.monotonic() - start < SOON
            for client in crowd:
                client.send(b"x")
        with Stream(server, model=DOCUMENT, epochs=1) as stream:
            assert stream.read()["end"] == "epochs"


def test_it_is_ready_and_tells_what_goes_on(server: Server) -> None:
    response, body = server.get("/readyz")
    assert (response.status, json.loads(body)) == (200, {"status": "ready"})
    _, metrics = server.get("/metrics")
    assert re.search(rb"^relief_epochs_total [1-9]", metrics, flags=re.MULTILINE)
    assert re.search(rb"^process_resident_memory_bytes [1-9]", metrics, flags=re.MULTILINE)


def test_its_check_of_health_tells_well_from_not_well(server: Server) -> None:
    assert server.image.health
    assert server.start(server.image.health).wait() == 0
    listens_nowhere = {**server.environment, "PORT": "9"}
    unwell = subprocess.run(
        server.image.health, cwd=server.image.directory, env=listens_nowhere, stderr=subprocess.DEVNULL, check=False
    )
    assert unwell.returncode != 0


def test_after_all_this_it_is_well_and_has_complained_about_nothing(server: Server) -> None:
    assert server.is_healthy()
    assert "Traceback" not in server.log
    assert "Error" not in server.log


def test_it_is_a_celery_worker_too_with_the_kernel_that_is_compiled_already(
    image: Image, contents: Any, tmp_path: Path
) -> None:
    asked = {"document": json.dumps(DOCUMENT)}
    redis = RedisServer(tmp_path)
    settings = {"CELERY_BROKER_URL": redis.url, "RELIEF_PROCESSES": "1"}
    with start_command(image, ["python", "-m", "app.celery_worker"], **settings) as (celery, scratch):
        until((scratch / PULSE.name).exists, "it takes tasks")
        worker = CeleryWorker(redis.url, 1)
        assert worker.run("gradient", asked)["gradient"] == perform("gradient", asked)["gradient"]
        worker.close()
        assert compiled_kernels(scratch) == compiled_kernels(image.directory / "compiled")
        celery.terminate()
        assert celery.wait() == 0
        assert list(scratch.iterdir()) == []
    redis.kill()
    assert image.contents() == contents


@contextmanager
def start_command(
    image: Image, command: list[str], **settings: str
) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """Start another command of the image, as the container does, with a directory for what may be written."""
    with tempfile.TemporaryDirectory() as scratch:
        server = Server(replace(image, command=command), Path(scratch), **settings)
        (Path(scratch) / "log").unlink()
        try:
            yield server.process, Path(scratch)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()


# Starting and ending it.


def test_a_second_start_takes_less_than_3_seconds(image: Image, server: Server) -> None:
    """The first of a few that does shows that it can; a machine that does other things may delay one."""

    def starting_time() -> float:
        start = time.monotonic()
        with serve(image):
            return time.monotonic() - start

    assert any(starting_time() < SECOND_START for _ in range(3))


def test_the_place_of_a_connection_that_breaks_is_free_again(image: Image) -> None:
    with serve(image, RELIEF_STREAMS="1", RELIEF_PROCESSES="1") as server:
        for _ in range(2):
            with Stream(server, model=DOCUMENT) as stream:
                assert stream.status == 200
                stream.read()
                with Stream(server, model=DOCUMENT, epochs=1) as other:
                    assert (other.status, other.headers["Retry-After"]) == (503, "2")
            until(lambda: is_free(server), "the place is free again")
        assert len(server.trainers()) == 1


def is_free(server: Server) -> bool:
    with Stream(server, model=DOCUMENT, epochs=1) as stream:
        stream.rest()
    return stream.status == 200


def test_sigterm_ends_runs_with_a_checkpoint_and_then_all_its_processes(image: Image) -> None:
    """What was received goes on, with another server, to the same bits."""
    with serve(image) as server, Stream(server, model=DOCUMENT) as stream, Stream(server, model=LARGE) as other:
        lines = [stream.read()]
        other.read()
        everything = {server.process.pid, *descendants(server.process.pid)}
        assert server.trainers() <= everything
        server.process.terminate()
        lines += stream.rest()  # to the end that the last chunk says it is
        other.rest()
        assert server.process.wait() == 0
        until(lambda: not any(map(is_running, everything)), "every process of the server ends")
        told = [json.loads(line) for line in server.log.splitlines()[1:]]
        assert [line["end"] for line in told] == ["shutdown"] * 2
    last = lines[-1]
    assert "end" not in last
    going_on = at_checkpoint(spiral_model(), last)
    whole = oracle(spiral_model(), last["epoch"] + 40)
    rest = oracle(going_on, last["epoch"] + 40 - going_on.progress.epoch)
    assert bits(rest.last) == bits(whole.last)


ENDS = {
    "twice": (False, [signal.SIGTERM, signal.SIGTERM]),
    "by Ctrl-C": (True, [signal.SIGINT]),  # which every process of the terminal is told
    "by Ctrl-C, twice": (True, [signal.SIGINT, signal.SIGINT]),
}


@pytest.mark.parametrize(("is_for_all", "signals"), ENDS.values(), ids=ENDS)
def test_told_so_it_ends_at_once_and_quietly(image: Image, is_for_all: bool, signals: list[signal.Signals]) -> None:
    """The first of a few times that it does shows that it can; a machine that does other things may delay one."""
    assert any(seconds_to_end(image, is_for_all, signals) < AT_ONCE for _ in range(4))


def seconds_to_end(image: Image, is_for_all: bool, signals: list[signal.Signals]) -> float:
    """Start a server with a run and a connection, and end it, which has to be quiet."""
    with serve(image) as server, Stream(server, model=LARGE) as stream, ExitStack() as idle:
        stream.read()
        connection = server.connect()  # kept alive, for which a server that is told once waits 2 s
        idle.callback(connection.close)
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        everything = {server.process.pid, *descendants(server.process.pid)}
        start = time.monotonic()
        for number in signals:
            (os.killpg if is_for_all else os.kill)(server.process.pid, number)
            time.sleep(0.02)  # or the two would be one
        assert server.process.wait() == 0
        seconds = time.monotonic() - start
        until(lambda: not any(map(is_running, everything)), "every process of the server ends")
        _, *others = server.log.splitlines()
        assert [json.loads(line)["event"] for line in others] == ["run"]
    return seconds


def test_a_web_process_that_is_killed_is_replaced_and_its_processes_end(image: Image) -> None:
    with serve(image) as server:
        with Stream(server, model=LARGE) as stream:
            stream.read()
            old = descendants(server.process.pid)
            assert server.trainers() <= old
            os.kill(server.web, signal.SIGKILL)
            until(lambda: not any(map(is_running, old)), "the web process and its processes end")
        until(server.is_healthy, "another web process answers")
        with Stream(server, model=DOCUMENT, epochs=1) as stream:
            assert stream.read()["end"] == "epochs"


def test_a_setting_that_makes_no_sense_is_named(image: Image, server: Server) -> None:
    wrong = subprocess.run(
        image.command,
        cwd=image.directory,
        env={**server.environment, "RELIEF_PROCESSES": "many"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert wrong.returncode != 0
    assert "RELIEF_PROCESSES is 'many'; expected a whole number from 1" in wrong.stderr


def test_nothing_of_all_this_has_changed_what_is_in_it(
    image: Image, contents: dict[str, tuple[int, int, int]], server: Server
) -> None:
    assert server.is_healthy()
    assert image.contents() == contents


def test_the_interpreter_is_the_one_that_runs_the_tests(image: Image) -> None:
    """Or the bits that are compared above would be those of another numpy."""
    version = subprocess.run([image.path / "venv" / "bin" / "python", "-V"], capture_output=True, text=True, check=True)
    assert version.stdout.split()[1] == sys.version.split()[0]
