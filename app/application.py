"""The application: puts the parts together."""

import os
from pathlib import Path

from dash import Dash
from flask import Flask
from plotly.io.json import to_json_plotly

from app import callbacks, compression, headers, routes
from app.layout import FIRST_RATE, page
from app.palette import LIGHT, style_sheet
from app.settings import Settings, read_settings
from app.stream import Turns
from app.worker import LocalWorker, Worker
from nets import Model, create, dataset
from nets.limits import LIMITS

ASSETS = Path(__file__).parent.parent / "assets"

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


def create_app(settings: Settings | None = None, worker: Worker | None = None) -> Dash:
    """Build the application.

    Args:
        settings: defaults to what the environment says.
        worker: defaults to a ``LocalWorker`` with ``settings.processes`` processes.
    """
    settings = settings or read_settings(os.environ)
    worker = worker or LocalWorker(settings.processes)
    model = create(dataset("spiral", classes=3), hidden=[8, 8], activation="tanh")
    server = Flask("app")
    server.config["MAX_CONTENT_LENGTH"] = 2 * LIMITS["bytes a request"]  # a document and what Dash wraps it in
    compression.configure(server)
    app = Dash(
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
    routes.register(server, worker, Turns(settings.processes, settings.streams))
    headers.register(server, app.csp_hashes(), settings.frame_ancestors)
    # Dash finishes its set-up during the first request; two first requests at once can each see half of it.
    server.test_client().get("/_dash-dependencies")
    return app


def _index(model: Model) -> str:
    """Return the page's skeleton: every module it begins with announced, so that none waits for another to be read,
    and the model itself, so that its landscapes need no further request."""
    modules = sorted((ASSETS / "lib").glob("*.mjs"))
    preloads = "\n".join(f'<link rel="modulepreload" href="/assets/lib/{module.name}">' for module in modules)
    initial = {**callbacks.propose(model), "rate": FIRST_RATE}
    # "<" must not end the script element it stands in; to_json also turns components into plain objects
    text = to_json_plotly(initial).replace("<", "\\u003c")
    return (
        INDEX.replace("ICON", ICON)
        .replace("PRELOADS", preloads)
        .replace("STYLE", style_sheet())
        .replace("INITIAL", text)
    )
