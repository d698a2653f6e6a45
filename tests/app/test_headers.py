"""Headers: what a browser may do with any answer of the server."""

import base64
import hashlib

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.settings import read_settings
from nets import serialise
from tests.app.applications import application, fetch
from tests.app.pages import Page
from tests.nets.models import spiral_model

SUITE = "/_dash-component-suites/dash/dcc/dash_core_components.js"
TRAIN = {"method": "POST", "json": {"model": serialise(spiral_model()), "epochs": 1}}

# Every kind of answer: (path, how it is asked for, its status)
ANSWERS = {
    "the page": ("/", {}, 200),
    "the callbacks": ("/_dash-dependencies", {}, 200),
    "the state of health": ("/healthz", {}, 200),
    "a run": ("/api/train", TRAIN, 200),
    "a refused run": ("/api/train", {"method": "POST", "json": {}}, 422),
    "a request without a type": ("/api/train", {"method": "POST"}, 415),
    "a file that is missing": ("/assets/missing.mjs", {}, 404),
    "a method that is not allowed": ("/healthz", {"method": "DELETE"}, 405),
}


def policy(response: TestResponse) -> dict[str, list[str]]:
    """The Content-Security-Policy as directive → sources."""
    directives = [directive.split() for directive in response.headers["Content-Security-Policy"].split(";")]
    assert len({name for name, *_ in directives}) == len(directives)
    return {name: sources for name, *sources in directives}


@pytest.fixture(params=ANSWERS.values(), ids=ANSWERS)
def response(request: pytest.FixtureRequest, client: FlaskClient) -> TestResponse:
    path, options, status = request.param
    answer = fetch(client, path, **options)
    assert answer.status_code == status
    return answer


def test_every_answer_says_what_may_be_done_with_it(response: TestResponse) -> None:
    headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    refused = headers["Permissions-Policy"].split(", ")
    assert {"camera=()", "geolocation=()", "microphone=()", "payment=()", "usb=()"} <= set(refused)
    assert not [feature for feature in refused if feature.startswith(("clipboard", "fullscreen"))]  # the page uses them
    assert "Strict-Transport-Security" not in headers  # without TLS it would be a lie
    assert "Set-Cookie" not in headers
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("path", ["/assets/main.mjs", "/assets/style.css", SUITE])
def test_a_script_is_never_taken_for_anything_else_and_leaves_policies_to_its_document(
    path: str, client: FlaskClient
) -> None:
    headers = fetch(client, path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" not in headers


def test_no_answer_allows_scripts_but_those_of_this_server_and_those_whose_hash_is_known(
    response: TestResponse,
) -> None:
    first, *others = policy(response)["script-src"]
    assert first == "'self'"
    assert all(other.startswith("'sha256-") for other in others)


@pytest.mark.parametrize("directive", ["default-src", "connect-src", "base-uri", "form-action"])
def test_everything_else_comes_from_this_server(client: FlaskClient, directive: str) -> None:
    assert policy(client.get("/"))[directive] == ["'self'"]


def test_nothing_is_loaded_from_another_server(response: TestResponse) -> None:
    allowed = {"'self'", "'none'", "'unsafe-inline'", "data:", "blob:"}
    for directive, sources in policy(response).items():
        assert {source for source in sources if not source.startswith("'sha256-")} <= allowed, directive


def test_only_styles_may_stand_in_the_page_and_nothing_may_be_plugged_in(client: FlaskClient) -> None:
    directives = policy(client.get("/"))
    assert [name for name, sources in directives.items() if "'unsafe-inline'" in sources] == ["style-src"]
    assert directives["object-src"] == ["'none'"]


def test_the_hashes_are_those_of_the_scripts_in_the_page_and_of_no_others(client: FlaskClient) -> None:
    response = client.get("/")
    scripts = Page(response.get_data(as_text=True)).inline
    assert scripts
    hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    assert set(policy(response)["script-src"]) == {"'self'"} | {f"'sha256-{hash_}'" for hash_ in hashes}


def test_the_page_has_no_scripts_in_attributes(client: FlaskClient) -> None:
    """They would not run, because no hash allows them."""
    page = Page(client.get("/").get_data(as_text=True))
    assert not [(tag, name) for tag, attributes in page.attributes for name in attributes if name.startswith("on")]
    assert not [url for url in page.urls if url.startswith("javascript:")]


def test_nobody_may_embed_the_page_by_default(client: FlaskClient) -> None:
    assert policy(client.get("/"))["frame-ancestors"] == [read_settings({}).frame_ancestors] == ["'none'"]


@pytest.mark.parametrize(
    ("ancestors", "older"),
    [("'self'", "SAMEORIGIN"), ("https://courses.example", None), ("'self' https://a.example https://b.example", None)],
)
def test_those_may_embed_the_page_whom_the_setting_names(ancestors: str, older: str | None) -> None:
    """The older header never says more than the policy, or it would keep out those who may."""
    answer = application(frame_ancestors=ancestors).server.test_client().get("/")
    assert policy(answer)["frame-ancestors"] == ancestors.split()
    assert answer.headers.get("X-Frame-Options") == older


def test_answers_of_the_api_are_not_kept(client: FlaskClient) -> None:
    for options in (TRAIN, {"method": "POST"}, {"method": "GET"}):
        assert fetch(client, "/api/train", **options).headers["Cache-Control"] == "no-store"


def test_scripts_with_a_fingerprint_are_kept(client: FlaskClient) -> None:
    urls = [url for url in Page(client.get("/").get_data(as_text=True)).urls if "component-suites" in url]
    assert urls
    for url in urls:
        assert "max-age=31536000" in client.get(url).headers["Cache-Control"]
