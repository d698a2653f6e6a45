"""The factory: one page with everything in it, any number of applications in one process."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from dash import Dash
from flask.testing import FlaskClient

import app as app_package
from app import create_app
from app.callbacks import propose
from app.layout import FIRST_RATE
from app.palette import style_sheet
from app.settings import read_settings
from nets import parse, serialise
from nets.limits import LIMITS
from tests.app.applications import application, ask, fetch
from tests.app.conditions import until
from tests.app.pages import Page
from tests.app.servers import HOST, free_port
from tests.app.workers import InProcessWorker
from tests.nets.models import spiral_model

ROOT = Path(app_package.__file__).parent.parent


@pytest.fixture(scope="module")
def text(app: Dash) -> str:
    return app.server.test_client().get("/").get_data(as_text=True)


@pytest.fixture(scope="module")
def served(text: str) -> Page:
    return Page(text)


def callbacks_of(app: Dash) -> Any:
    return json.loads(app.server.test_client().get("/_dash-dependencies").data)


def test_two_applications_in_one_process_both_have_their_callbacks() -> None:
    first, second = application(), application()
    assert callbacks_of(first) == callbacks_of(second)
    assert len(callbacks_of(first)) >= 5
    for app in (first, second):
        reply = ask(app.server.test_client(), {"sequence": 1, "document": serialise(spiral_model())})
        assert json.loads(reply.data)["response"]["proposal"]["data"]["sequence"] == 1


def test_two_first_requests_at_once_both_get_a_whole_page() -> None:
    """Dash finishes its set-up in the first request; the factory has to have made it."""
    whole = callbacks_of(application())
    for _ in range(5):
        app = application()
        barrier = threading.Barrier(4)

        def fetch(app: Dash = app, barrier: threading.Barrier = barrier) -> Any:
            client = app.server.test_client()
            barrier.wait()
            return json.loads(client.get("/_dash-dependencies").data)

        with ThreadPoolExecutor(4) as pool:
            assert [future.result() for future in [pool.submit(fetch) for _ in range(4)]] == [whole] * 4


def test_the_settings_come_from_the_environment_unless_they_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELIEF_FRAME_ANCESTORS", "https://environment.example")
    asked = create_app(worker=InProcessWorker()).server.test_client().get("/").headers["Content-Security-Policy"]
    assert "frame-ancestors https://environment.example;" in asked
    told = create_app(read_settings({}), InProcessWorker()).server.test_client().get("/").headers
    assert "environment.example" not in told["Content-Security-Policy"]


def test_making_an_application_starts_nothing() -> None:
    worker = InProcessWorker()
    application(worker)
    assert (worker.payloads, worker.is_closed) == ([], False)


# The page.


def test_the_page_says_its_language_its_name_and_what_it_is(served: Page, text: str) -> None:
    attributes = dict(served.attributes)
    assert attributes["html"]["lang"] == "en"
    assert "<title>Relief</title>" in text
    assert any(attributes.get("name") == "description" for tag, attributes in served.attributes if tag == "meta")
    assert any(attributes.get("name") == "viewport" for tag, attributes in served.attributes if tag == "meta")


def test_the_page_has_nothing_left_to_fill_in(text: str) -> None:
    for placeholder in ("{%", "%}", "PRELOADS", "STYLE<", ">INITIAL", '"ICON"'):
        assert placeholder not in text


def test_the_page_carries_the_colours_of_both_themes(text: str) -> None:
    assert f"<style>{style_sheet()}</style>" in text


def test_the_page_carries_a_model_that_can_be_drawn_without_another_request(served: Page) -> None:
    initial = json.loads(served.data["relief-initial"])
    model = parse(initial["document"])
    assert initial["rate"] == FIRST_RATE
    wanted = json.loads(json.dumps({part: propose(model)[part] for part in ("document", "points")}))
    assert {part: initial[part] for part in wanted} == wanted
    assert [item["id"] for item in initial["shown"]] == [item["id"] for item in propose(model)["shown"]]


def test_what_the_page_carries_cannot_end_the_element_it_stands_in(text: str) -> None:
    element = text.split('id="relief-initial">')[1].split("</script>", maxsplit=1)[0]
    assert "<" not in element
    json.loads(element)


def test_the_setup_panel_of_the_page_shows_the_model_it_carries(app: Dash, served: Page) -> None:
    layout = json.dumps(json.loads(app.server.test_client().get("/_dash-layout").data), sort_keys=True)
    for item in json.loads(served.data["relief-initial"])["shown"]:
        assert json.dumps(item["id"], sort_keys=True) in layout


def test_everything_the_page_refers_to_is_there(served: Page, client: FlaskClient) -> None:
    local = [url for url in served.urls if not url.startswith(("data:", "#"))]
    assert len(local) > 10
    for url in local:
        assert url.startswith("/")
        assert fetch(client, url).status_code == 200, url


def imports(path: Path) -> set[Path]:
    """What a module imports as soon as it is run; imports on demand are calls."""
    lines = re.findall(r'^(?:import .*|\} )from "(.*)";', path.read_text(), flags=re.MULTILINE)
    return {(path.parent / line).resolve() for line in lines}


def test_every_module_that_is_run_at_once_is_there_and_announced_and_no_other(served: Page) -> None:
    assets = (ROOT / "assets").resolve()
    needed, before = imports(assets / "main.mjs"), set()
    while needed != before:
        before, needed = needed, needed.union(*(imports(path) for path in needed))
    announced = {url for url in served.urls if url.startswith("/assets/") and url.endswith(".mjs")}
    assert announced == {f"/assets/{path.relative_to(assets)}" for path in needed}
    assert "/assets/lib/engine.mjs" in announced
    assert all(path.exists() for path in needed)


def test_only_the_entry_module_is_started_by_the_page(served: Page) -> None:
    """A module that is both started and imported runs twice."""
    assert [url.partition("?")[0] for url in served.modules] == ["/assets/main.mjs"]


def test_modules_arrive_as_javascript(client: FlaskClient) -> None:
    """A browser runs no module that says it is anything else."""
    for path in ("main.mjs", "lib/engine.mjs"):
        assert fetch(client, f"/assets/{path}").mimetype in ("text/javascript", "application/javascript")


@pytest.mark.parametrize(
    "path", ["../app.py", "..%2fapp.py", "lib/../../app.py", "/etc/passwd", "lib/%2e%2e/%2e%2e/app.py"]
)
def test_only_assets_can_be_had(client: FlaskClient, path: str) -> None:
    text = fetch(client, f"/assets/{path}").get_data(as_text=True)
    assert "read_settings" not in text
    assert "root:" not in text


def test_the_debugging_server_answers() -> None:
    environment = {**os.environ, "HOST": HOST, "PORT": str(free_port())}
    command = [sys.executable, "app.py"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, stderr=subprocess.DEVNULL) as dev:

        def is_there() -> bool:
            assert dev.poll() is None
            with suppress(OSError), urlopen(f"http://{HOST}:{environment['PORT']}/healthz") as answer:
                return bool(answer.status == 200)
            return False

        try:
            until(is_there, "it answers")
        finally:
            os.killpg(dev.pid, signal.SIGKILL)  # its reloader is a process of its own


# What is sent to it.


@pytest.mark.parametrize("path", ["/_dash-update-component", "/api/train"])
def test_a_body_that_is_too_long_is_refused(client: FlaskClient, path: str) -> None:
    body = b'{"value": "' + b"x" * (4 * LIMITS["bytes a request"]) + b'"}'
    assert client.post(path, data=body, content_type="application/json").status_code == 413


def test_a_document_with_as_many_points_as_there_may_be_is_taken_by_the_panel(client: FlaskClient) -> None:
    n = LIMITS["points"]
    points = [[(i % 63 - 31) / 31.000001, (i // 63 - 31) / 31.000001] for i in range(n)]
    document = {**serialise(spiral_model()), "data": {"points": points, "targets": [i % 3 for i in range(n)]}}
    assert 40 * n < len(json.dumps(document)) < LIMITS["bytes a request"]
    reply = ask(client, {"sequence": 1, "document": document})
    assert len(json.loads(reply.data)["response"]["proposal"]["data"]["points"]["x"]) == n
