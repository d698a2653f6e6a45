"""The application that tests share; what they do to it leaves no trace, because it remembers nothing."""

import pytest
from dash import Dash
from flask.testing import FlaskClient

from tests.app.applications import application


@pytest.fixture(scope="session")
def app() -> Dash:
    return application()


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    return app.server.test_client()
