"""The application: puts the parts together."""

import os
import re
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from dash import Dash
from flask import Flask, Response
from plotly.io.json import to_json_plotly

from app import callbacks, compression, headers, operations, origin, page_requests, routes
from app.background import Background
from app.layout import FIRST_RATE, page
from app.metrics import Metrics
from app.palette import LIGHT, style_sheet
from app.pool import LocalWorker
from app.runs import Runs
from app.settings import Settings, read_settings
from app.worker import Worker
from nets import Model, create, dataset
from nets.limits import LIMITS

ASSETS = Path(__file__).resolve().parent.parent / "assets"

IMPORT = re.compile(r'^import [^;]*?from "(\.[^"]+)";', re.MULTILINE)

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    f"%3Cpath fill='%23{LIGHT['accent'][1:]}' d='M0 14 5 4l3 5 2-3 6 8z'/%3E%3C/svg%3E"
)

INDEX = """<!DOCTYPE html>
<html lang="en" data-mantine-color-scheme="light">
<head>
{%metas%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="See what every neuron of a small network computes: landscapes over the plane.">
<title>{%title%}</title>
<link rel="icon" href="ICON">
<script src="/assets/early/paint.js"></script>
PRELOADS
<style>STYLE</style>
{%css%}
</head>
<body>
{%app_entry%}
<script type="application/json" id="relief-initial">INITIAL</script>
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""


def create_app(
    settings: Settings | None = None, worker: Worker | None = None, log: Callable[[str], None] | None = None
) -> Dash:
    """Build the application.

    Args:
        settings: defaults to what the environment says.
        worker: defaults to the one that the settings choose.
        log: is given a line for each run that has ended; defaults to standard output.
    """
    settings = settings or read_settings(os.environ)
    runs = Runs(log or _print)
    metrics = Metrics(runs)
    worker = metrics.watched(worker or choose_worker(settings))
    model = create(dataset("spiral", classes=3), hidden=[8, 8], activation="tanh")
    server = Flask("app")
    server.config["MAX_CONTENT_LENGTH"] = 2 * LIMITS["bytes a request"]  # a document and what Dash wraps it in
    background = server.extensions["background"] = Background(worker, settings)  # closed by whoever serves
    metrics.watch(server, background)
    origin.register(server, settings.host, settings.hosts)
    compression.configure(server)
    app = LeanDash(
        "app",
        server=server,
        title="Relief",
        update_title=None,
        assets_folder=str(ASSETS),
        assets_path_ignore=["early", "lib", "lenses", "sheets"],
        index_string=_index(model),
        compress=True,
    )
    app.layout = page(model)
    callbacks.register(app)
    page_requests.register(app)
    operations.register(server, background, metrics)
    routes.register(server, background, runs)
    headers.register(server, app.csp_hashes(), settings.frame_ancestors)
    # Dash finishes its set-up during the first request; two first requests at once can each see half of it.
    server.test_client().get("/_dash-dependencies")
    return app


def choose_worker(settings: Settings) -> Worker:
    """Return a pool of processes on this machine, or, where there is a Redis server to ask at, Celery workers.

    Raises:
        ValueError: where Celery is wanted and not installed, or the address is not one of Redis.
    """
    if not settings.celery_broker_url:
        return LocalWorker(settings.processes)
    try:
        from app.cluster import CeleryWorker  # noqa: PLC0415  half a second, and only where it is wanted
    except ModuleNotFoundError as error:
        told = "CELERY_BROKER_URL is set, but Celery is not installed: pip install -r requirements-cluster.lock"
        raise ValueError(told) from error
    return CeleryWorker(settings.celery_broker_url, settings.processes)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")  # at once, so that lines of several threads stay whole
    sys.stdout.flush()


class LeanDash(Dash):  # type: ignore[misc]  # Dash comes without types
    """Dash without the script of its tables, which this page has none of, and with its layout written out once.

    Writing it takes 11 ms; a class that opens the page together would wait for each other.
    """

    @cached_property
    def _written(self) -> bytes:
        text: bytes = super().serve_layout().get_data()
        return text

    def serve_layout(self) -> Response:
        return Response(self._written, mimetype="application/json")

    def interpolate_index(self, **parts: str) -> str:
        scripts = [line for line in parts["scripts"].splitlines() if "/dash_table/" not in line]
        text: str = super().interpolate_index(**{**parts, "scripts": "\n".join(scripts)})
        return text


def first_modules() -> list[str]:
    """Return the modules that the page begins with, as paths in assets/: all that its entry leads to by imports."""
    found: set[Path] = set()
    waiting = [ASSETS / "main.mjs"]
    while waiting:
        module = waiting.pop()
        imported = {(module.parent / path).resolve() for path in IMPORT.findall(module.read_text())} - found
        found |= imported
        waiting += imported
    return sorted(str(path.relative_to(ASSETS)) for path in found)


def _index(model: Model) -> str:
    """Return the page's skeleton: every module it begins with announced, so that none waits for another to be read,
    and the model itself, so that its landscapes need no further request."""
    preloads = "\n".join(f'<link rel="modulepreload" href="/assets/{path}">' for path in first_modules())
    initial = {**callbacks.propose(model), "rate": FIRST_RATE}
    # "<" must not end the script element it stands in; to_json also turns components into plain objects
    text = to_json_plotly(initial).replace("<", "\\u003c")
    return (
        INDEX.replace("ICON", ICON)
        .replace("PRELOADS", preloads)
        .replace("STYLE", style_sheet())
        .replace("INITIAL", text)
    )
