"""compose.yaml: what it says is sound, and what it starts serves one run through one address, whatever is killed."""

import json
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.celery_worker import BEAT, PULSE
from app.settings import SETTINGS, read_settings
from nets import Model, serialise
from nets.limits import LIMITS
from tests.app.applications import application, request_of_panel
from tests.app.clusters import ROOT, program
from tests.app.composed import DOCKERFILE, WEBS, Client, Composed, Service, composed, read
from tests.app.conditions import until
from tests.app.runs import assert_is_that_run, at_checkpoint, oracle
from tests.app.servers import Stream
from tests.nets.models import spiral_model

FILE = read()
SERVICES: dict[str, Service] = FILE["services"]
OURS = ("web", "worker")
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()

each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)

# What it says.


@each_service
def test_every_service_is_read_only_powerless_and_not_root(service: Service) -> None:
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    user = service.get("user") or ("build" in service and DOCKERFILE["USER"].text)
    assert user
    assert str(user) not in ("root", "0")


@each_service
def test_every_service_is_asked_how_it_is_and_started_again(service: Service) -> None:
    assert service["restart"] == "unless-stopped"
    assert "healthcheck" in service or ("build" in service and "HEALTHCHECK" in DOCKERFILE)


def test_only_the_proxy_can_be_reached_and_only_from_this_machine() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "proxy": ["127.0.0.1:8050:8080"]
    }
    assert "listen 8080;" in NGINX


def test_redis_is_out_of_reach_of_everything_but_what_needs_it() -> None:
    networks = {name: set(service["networks"]) for name, service in SERVICES.items()}
    (of_redis,) = networks["redis"]
    assert FILE["networks"][of_redis] == {"internal": True}
    assert {name for name in networks if of_redis in networks[name]} == {"redis", *OURS}
    (shared,) = networks["proxy"] & networks["web"]
    assert FILE["networks"][shared] == {"internal": True}
    assert set().union(*networks.values()) == set(FILE["networks"])


@pytest.mark.parametrize("name", OURS)
def test_what_it_sets_are_settings_with_values_that_make_sense(name: str) -> None:
    environment = SERVICES[name]["environment"]
    assert set(environment) <= {setting.name for setting in SETTINGS}
    settings = read_settings({key: str(value) for key, value in environment.items()})
    url = urlsplit(settings.celery_broker_url)
    assert (url.scheme, url.hostname in SERVICES, url.port) == ("redis", True, 6379)
    assert set(SERVICES[name]["networks"]) & set(SERVICES[url.hostname or ""]["networks"])


def test_every_command_exists() -> None:
    python, flag, module = SERVICES["worker"]["command"]
    assert (python, flag) == ("python", "-m")
    assert find_spec(module)
    for name in ("redis", "proxy"):
        binary = SERVICES[name]["command"][0]
        assert program(binary)


def test_a_service_waits_for_those_that_it_needs() -> None:
    for service in SERVICES.values():
        for other, what in service.get("depends_on", {}).items():
            assert what == {"condition": "service_healthy"}
            assert other in SERVICES


def test_a_worker_has_time_to_finish_and_its_health_is_asked_where_it_shows_it() -> None:
    assert SERVICES["worker"]["stop_grace_period"] == "15s"
    (_, test) = SERVICES["worker"]["healthcheck"]["test"]
    assert f"/tmp/{PULSE.name}" in test
    assert int(re.findall(r"-lt (\d+)", test)[0]) > 2 * BEAT


def test_redis_is_bounded_and_never_drops_the_queue() -> None:
    options = dict(zip(*[iter(SERVICES["redis"]["command"][1:])] * 2, strict=True))
    assert options == {
        "--save": "",
        "--appendonly": "no",
        "--maxmemory": "256mb",
        "--maxmemory-policy": "volatile-ttl",  # the queue has no time to live, answers have
    }


def test_the_proxy_takes_bodies_a_little_longer_than_the_web_servers_do() -> None:
    (allowed,) = re.findall(r"client_max_body_size (\d+)k;", NGINX)
    most = application().server.config["MAX_CONTENT_LENGTH"]
    assert most < 1024 * int(allowed) < 1.5 * most


def test_the_proxy_asks_where_the_web_servers_are() -> None:
    port = dict(pair.split("=") for pair in DOCKERFILE["ENV"].words)["PORT"]
    assert f"http://web:{port};" in NGINX


# What it starts.


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    with composed(tmp_path_factory.mktemp("composed"), RELIEF_STREAMS="2") as everything:
        yield everything


MODEL = spiral_model()


def train(client: Client, model: Model, **request: Any) -> Stream:
    return Stream(client, model=serialise(model), **request)


def test_there_are_two_web_servers(everything: Composed) -> None:
    assert len(everything.webs) == len(WEBS) == 2


def test_a_run_through_the_one_address_is_that_run_bit_by_bit(everything: Composed) -> None:
    with train(everything.at_proxy, MODEL, epochs=30) as stream:
        assert stream.status == 200
        assert_is_that_run(stream.rest(), oracle(MODEL, 30))


def test_two_web_servers_serve_one_run_alternately(everything: Composed) -> None:
    model, lines = MODEL, []
    for number in range(6):
        with train(everything.at_web[number % 2], model, epochs=5) as stream:
            *before, end = stream.rest()
        lines += before
        model = at_checkpoint(model, end)
    assert_is_that_run([*lines, end], oracle(MODEL, 30))


def test_where_one_web_server_has_no_place_the_other_is_asked(everything: Composed) -> None:
    streams: list[Stream] = []
    try:
        for _ in range(4):
            streams.append(train(everything.at_proxy, MODEL))
            assert streams[-1].status == 200
        with train(everything.at_proxy, MODEL) as one_more:
            assert (one_more.status, one_more.headers["Retry-After"]) == (503, "2")
    finally:
        for stream in streams:
            stream.__exit__()
    until(lambda: all(has_place(client) for client in everything.at_web), "their places are free again")


def has_place(client: Client) -> bool:
    with train(client, MODEL, epochs=1) as stream:
        return stream.status == 200


def test_a_web_server_that_is_killed_in_mid_run_loses_nothing(everything: Composed) -> None:
    model, n_epochs = MODEL, 4000
    with train(everything.at_web[0], model) as stream:
        line = next(line for line in iter(stream.read, None) if "progress" in line)
    model = at_checkpoint(model, line)
    everything.webs[0].kill()
    with train(everything.at_proxy, model, epochs=n_epochs - model.progress.epoch) as stream:
        *_, end = stream.rest()
    assert_is_that_run([end], oracle(MODEL, n_epochs))


def test_while_a_web_server_is_away_the_other_answers_everything(everything: Composed) -> None:
    everything.webs[0].kill()
    for _ in range(20):
        assert everything.at_proxy.get("/healthz")[0].status == 200
        with train(everything.at_proxy, MODEL, epochs=1) as stream:
            assert stream.status == 200
            stream.rest()
    everything.webs[0] = everything.start_web(WEBS[0])
    until(everything.at_web[0].is_healthy, "it is back")


@pytest.mark.parametrize(
    "path", ["/metrics", "/readyz", "/metrics/", "//metrics", "/%6detrics", "/./readyz", "/x/../readyz", "/metrics?x=1"]
)
def test_what_is_for_whoever_runs_it_is_not_shown_outside(everything: Composed, path: str) -> None:
    response, body = everything.at_proxy.get(path)
    assert response.status == 404
    assert b"nginx" in body  # it was not passed on


def test_a_body_that_is_too_long_is_refused_with_a_sentence(everything: Composed) -> None:
    body = b" " * (LIMITS["bytes a request"] + 1)
    response, answer = everything.at_proxy.post("/api/train", body)
    assert response.status == 413
    assert "are allowed" in json.loads(answer)["error"]


def test_the_page_comes_through_and_what_it_asks_is_answered_by_either(everything: Composed) -> None:
    page, text = everything.at_proxy.get("/")
    direct, _ = everything.at_web[1].get("/")
    assert b"relief-initial" in text
    for header in ("Content-Security-Policy", "Content-Type"):
        assert page.headers[header].split("'sha256")[0] == direct.headers[header].split("'sha256")[0]
    change = {"control": "layer-skip", "layer": 0, "value": True}
    asked = json.dumps(request_of_panel({"sequence": 1, "document": serialise(MODEL), "changes": [change]})).encode()
    answers = [client.post("/_dash-update-component", asked) for client in everything.at_web]
    assert [response.status for response, _ in answers] == [200, 200]
    first, second = (json.loads(body)["response"]["proposal"]["data"]["document"] for _, body in answers)
    assert first == second != serialise(MODEL)


def test_lines_come_through_as_they_are_computed(everything: Composed) -> None:
    """The second one is due 10 s after the first, which would wait for it in a buffer."""
    with train(everything.at_proxy, MODEL, rate=0.1) as stream:
        assert stream.read()["epoch"] == 1


def test_a_workers_health_is_seen_and_that_of_web_servers_that_need_it(everything: Composed) -> None:
    form, test = SERVICES["worker"]["healthcheck"]["test"]
    assert form == "CMD-SHELL"
    command = ["sh", "-c", test.replace("/tmp/", f"{shlex.quote(str(everything.directory))}/")]
    assert subprocess.run(command, check=False).returncode == 0
    assert [client.get("/readyz")[0].status for client in everything.at_web] == [200, 200]
    everything.workers[0].process.send_signal(signal.SIGTERM)
    assert everything.workers[0].process.wait() == 0
    assert subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode != 0
    assert everything.at_web[0].get("/readyz")[0].status == 503


def test_nobody_has_complained(everything: Composed) -> None:
    for path in Path(everything.directory).glob("*.log"):
        assert "Traceback" not in path.read_text(), path.read_text()
