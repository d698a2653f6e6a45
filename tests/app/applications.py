"""Relief as the tests want it: its settings named one by one, its worker in this process."""

from dataclasses import replace
from typing import Any

from dash import Dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.settings import read_settings
from app.worker import Worker
from tests.app.workers import InProcessWorker


def application(worker: Worker | None = None, **settings: Any) -> Dash:
    """Make an application with the default settings but for those given."""
    return create_app(replace(read_settings({}), **settings), worker or InProcessWorker())


def fetch(client: FlaskClient, path: str, **options: Any) -> TestResponse:
    """Ask for something and read all of it."""
    with client.open(path, **options) as response:
        response.get_data()
    return response


def request_of_panel(value: Any) -> dict[str, Any]:
    """Return a request of the setup panel as Dash sends it."""
    return {
        "output": "proposal.data",
        "outputs": {"id": "proposal", "property": "data"},
        "inputs": [{"id": "request", "property": "data", "value": value}],
        "changedPropIds": ["request.data"],
    }


def ask(client: FlaskClient, value: Any) -> TestResponse:
    """Send a request of the setup panel as Dash does."""
    return client.post("/_dash-update-component", json=request_of_panel(value))
