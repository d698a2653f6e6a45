"""Who is asked, and whose page asks: the header combinations that browsers, programs and proxies really send."""

import json

import pytest
from flask.testing import FlaskClient

from app.origin import LOOPBACK, allowed_hosts, is_host_allowed, is_loopback
from nets import serialise
from tests.app.applications import application, fetch
from tests.nets.models import spiral_model

ANYWHERE = "0.0.0.0"
RUN = {"model": serialise(spiral_model()), "epochs": 1}
PANEL = {"output": "proposal.data", "outputs": {"id": "proposal", "property": "data"}, "inputs": []}


@pytest.fixture(scope="module")
def open_client() -> FlaskClient:
    """Of a server that everybody can reach, under any name."""
    return application(host=ANYWHERE).server.test_client()


# Under which name it is asked.


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8050", "127.0.0.1:8050", "[::1]:8050", "[::1]", "LocalHost:1", "relief.localhost"]
)
def test_a_server_for_this_machine_is_asked_under_the_names_of_this_machine(client: FlaskClient, host: str) -> None:
    assert fetch(client, "/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8050",
        "localhost.evil.example",
        "localhost@evil.example",
        "evil.example#localhost",
        "192.168.1.2",
        "0.0.0.0:8050",
        "127.0.0.1.evil.example",
        "[::2]:8050",
        "[::1].evil.example",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/presets", "/_dash-layout", "/assets/main.mjs", "/nothing"])
def test_and_under_no_other_which_a_site_could_have_point_here(client: FlaskClient, host: str, path: str) -> None:
    response = fetch(client, path, headers={"Host": host})
    assert response.status_code == 400
    assert "RELIEF_HOSTS" in response.get_data(as_text=True)


def test_the_api_refuses_in_its_own_words(client: FlaskClient) -> None:
    response = fetch(client, "/api/train", method="POST", json=RUN, headers={"Host": "evil.example"})
    assert json.loads(response.data) == {
        "error": "this server is not asked under the name 'evil.example'; RELIEF_HOSTS says which it has",
        "where": "",
    }


def test_whether_it_is_alive_may_be_asked_by_address(client: FlaskClient) -> None:
    """Orchestrators do, and compare nothing."""
    assert fetch(client, "/healthz", headers={"Host": "10.1.2.3:8050"}).status_code == 200


def test_a_server_for_everybody_has_every_name_unless_it_is_told_which(open_client: FlaskClient) -> None:
    assert fetch(open_client, "/", headers={"Host": "relief.example"}).status_code == 200
    told = application(host=ANYWHERE, hosts="relief.example, .school.example").server.test_client()
    expected = {
        "relief.example": 200,
        "relief.example:8443": 200,
        "class.school.example": 200,
        "school.example": 200,
        "127.0.0.1:8050": 200,  # the container asks itself how it is
        "www.relief.example": 400,
        "evil.example": 400,
    }
    assert {host: fetch(told, "/", headers={"Host": host}).status_code for host in expected} == expected


def test_names_are_read_with_spaces_and_capitals() -> None:
    assert allowed_hosts(ANYWHERE, " Relief.example,,") == ("relief.example", *LOOPBACK)
    assert allowed_hosts(ANYWHERE, "") == ()
    assert allowed_hosts("127.0.0.1", "") == LOOPBACK
    assert is_host_allowed("[2001:db8::1]:80", ("[2001:db8::1]",))


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("[::1]", True), ("localhost", True)]
    + [(host, False) for host in ("0.0.0.0", "::", "192.168.1.2", "relief.example", "")],
)
def test_what_only_this_machine_can_reach_is_known(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


# Whose page asks. (Host, and what the browser says of the page that asks.)

OWN = {
    "Chromium and Firefox on this machine": (
        "127.0.0.1:8050",
        {"Origin": "http://127.0.0.1:8050", "Sec-Fetch-Site": "same-origin"},
    ),
    "behind a proxy that ends TLS": (
        "relief.example",
        {"Origin": "https://relief.example", "Sec-Fetch-Site": "same-origin"},
    ),
    "behind one that names the port": (
        "relief.example:443",
        {"Origin": "https://relief.example"},
    ),
    "behind one that says its own name for the server": (
        "backend:8050",
        {"Origin": "https://relief.example", "Sec-Fetch-Site": "same-origin"},
    ),
    "in a class, over plain HTTP, where browsers do not say which site asks": (
        "192.168.1.2:8050",
        {"Origin": "http://192.168.1.2:8050"},
    ),
    "an old browser": ("relief.example", {"Origin": "https://relief.example"}),
    "embedded in a course page: what asks is the embedded page itself": (
        "relief.example",
        {"Origin": "https://relief.example", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"},
    ),
    "by hand": ("relief.example", {"Sec-Fetch-Site": "none"}),
    "curl": ("relief.example", {}),
}

FOREIGN = {
    "a page of another site": (
        "relief.example",
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    ),
    "a form of another site, in a browser that hides where it comes from": (
        "relief.example",
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ),
    "the same over plain HTTP": ("192.168.1.2:8050", {"Origin": "http://evil.example"}),
    "another server of this machine": (
        "127.0.0.1:8050",
        {"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-site"},
    ),
    "the same in an old browser": ("127.0.0.1:8050", {"Origin": "http://127.0.0.1:3000"}),
    "another name of the same domain": (
        "relief.example",
        {"Origin": "https://blog.relief.example", "Sec-Fetch-Site": "same-site"},
    ),
    "a page that another site keeps in a sandbox": ("relief.example", {"Origin": "null"}),
    "a sandboxed page of this server": (
        "relief.example",
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    ),
    "a name that begins alike": ("relief.example", {"Origin": "https://relief.example.evil.example"}),
    "a name that ends alike": ("relief.example", {"Origin": "https://evil-relief.example"}),
    "a file": ("127.0.0.1:8050", {"Origin": "file://"}),
    "an extension": ("127.0.0.1:8050", {"Origin": "chrome-extension://abcdef", "Sec-Fetch-Site": "cross-site"}),
    "nonsense": ("127.0.0.1:8050", {"Origin": "127.0.0.1:8050"}),
    "a word nobody knows": ("127.0.0.1:8050", {"Sec-Fetch-Site": "elsewhere"}),
}


@pytest.mark.parametrize(("host", "headers"), OWN.values(), ids=OWN)
@pytest.mark.parametrize(("path", "body"), [("/api/train", RUN), ("/_dash-update-component", PANEL)])
def test_what_its_own_page_or_no_page_at_all_sends_is_answered(
    open_client: FlaskClient, path: str, body: object, host: str, headers: dict[str, str]
) -> None:
    response = fetch(open_client, path, method="POST", json=body, headers={"Host": host, **headers})
    assert response.status_code != 403


@pytest.mark.parametrize(("host", "headers"), FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("path", ["/api/train", "/api/measures", "/api/export/json", "/_dash-update-component", "/"])
def test_what_the_page_of_another_site_sends_is_refused(
    open_client: FlaskClient, path: str, host: str, headers: dict[str, str]
) -> None:
    response = fetch(open_client, path, method="POST", json=RUN, headers={"Host": host, **headers})
    assert response.status_code == 403
    assert "the page of another site asked for this" in response.get_data(as_text=True)
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_no_method_but_the_safe_ones_gets_by(open_client: FlaskClient, method: str) -> None:
    headers = {"Host": "relief.example", "Origin": "https://evil.example"}
    assert fetch(open_client, "/api/train", method=method, headers=headers).status_code == 403


def test_anybody_may_link_to_the_page_and_to_what_can_be_looked_at(open_client: FlaskClient) -> None:
    """A link from a course page is cross-site, and a module script says its origin."""
    for path, headers in {
        "/": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        "/assets/main.mjs": {"Origin": "https://relief.example", "Sec-Fetch-Site": "same-origin"},
        "/api/presets": {"Sec-Fetch-Site": "cross-site"},
    }.items():
        assert fetch(open_client, path, headers={"Host": "relief.example", **headers}).status_code == 200
