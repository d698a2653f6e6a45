"""What the server says of regions: how it is read, and when it is asked for."""

import base64
from typing import Any

import numpy as np

from tests.browser.relief import Relief
from tests.browser.test_creases import REGIONS, UNTIL


def text(values: Any, kind: str) -> str:
    return base64.b64encode(np.asarray(values, kind).tobytes()).decode()


def regions_body() -> dict[str, Any]:
    """Answer as the server does about |x|, whose kink is x = 0, and a layer after it with a kink at y = 0, x > 0."""
    return {
        "layers": [{"regions": 2, "most": 2}, {"regions": 3, "most": 7}],
        "end": {"kind": "smooth", "where": "layers[2]", "why": "layer 3 has tanh, which is smooth"},
        "creases": {
            "ends": text([[0.5, 0, 0.5, 1], [0.5, 0.5, 1, 0.5]], "<f4"),
            "layers": text([1, 2], "<u1"),
            "neurons": text([0, -1], "<i2"),
            "bends": text([1, 0], "<u4"),
        },
        "partitions": [
            {
                "corners": text([[0, 0], [0.5, 0], [0.5, 1], [0, 1], [0.5, 0], [1, 0], [1, 1], [0.5, 1]], "<f4"),
                "counts": text([4, 4], "<u2"),
                "born": text([1, 1], "<u1"),
                "edges": text([-1, 0, -1, -1, -1, -1, -1, 1], "<i4"),
            },
            None,
        ],
        "classes": {
            "corners": text([[0, 0], [1, 0], [0, 1]], "<f4"),
            "counts": text([3], "<u2"),
            "classes": text([2], "<u1"),
            "boundary": text([[0, 1, 1, 0]], "<f4"),
        },
    }


def test_an_answer_is_read_as_numbers_with_the_place_at_which_every_polygon_begins(modules: Relief) -> None:
    body = """
      const plain = (value) => value instanceof Object && ArrayBuffer.isView(value) ? [value.constructor.name, ...value]
        : value instanceof Array ? value.map(plain)
        : value instanceof Object ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)])) : value;
      return plain(m.readAnswer(argument));
    """
    answer = modules.evaluate_module(REGIONS, body, regions_body())
    assert answer["layers"] == regions_body()["layers"]
    assert answer["end"] == regions_body()["end"]
    assert answer["creases"] == {
        "ends": ["Float32Array", 0.5, 0, 0.5, 1, 0.5, 0.5, 1, 0.5],
        "layers": ["Uint8Array", 1, 2],
        "neurons": ["Int16Array", 0, -1],
        "bends": ["Uint32Array", 1, 0],
        "count": 2,
    }
    partition, same = answer["partitions"]
    assert same == partition  # a layer that cuts nothing
    assert partition["starts"] == ["Uint32Array", 0, 4, 8]
    assert partition["count"] == 2
    assert partition["corners"][:5] == ["Float32Array", 0, 0, 0.5, 0]
    assert partition["edges"] == ["Int32Array", -1, 0, -1, -1, -1, -1, -1, 1]
    assert partition["born"] == ["Uint8Array", 1, 1]
    assert answer["classes"] == {
        "corners": ["Float32Array", 0, 0, 1, 0, 0, 1],
        "starts": ["Uint32Array", 0, 3],
        "classes": ["Uint8Array", 2],
        "boundary": ["Float32Array", 0, 1, 1, 0],
        "count": 1,
    }


def test_a_smooth_network_has_an_answer_without_creases_and_without_classes(modules: Relief) -> None:
    nothing = {"ends": "", "layers": "", "neurons": "", "bends": ""}
    body = {**regions_body(), "layers": [], "creases": nothing, "partitions": [], "classes": None}
    found = modules.evaluate_module(
        REGIONS,
        "const { creases, partitions, classes } = m.readAnswer(argument); "
        "return [creases.count, creases.ends.length, partitions, classes];",
        body,
    )
    assert found == [0, 0, [], None]


PARTS = (
    """
  const session = Object.assign(new EventTarget(), { document: {}, progress: { epoch: 3 } });
  session.model = ({ progress }) => ({ progress });
  const trainer = Object.assign(new EventTarget(), { isRunning: argument.isRunning });
  const parts = { session, trainer, editing: { isUnderWay: false } };
  const regions = m.regionsOf(parts);
  const asked = [];
  let answer = () => new Response(JSON.stringify(argument.body));
  window.fetch = async (path, { body }) => {
    asked.push({ path, at: performance.now(), ...JSON.parse(body) });
    await new Promise((resolve) => setTimeout(resolve, 20));
    return answer();
  };
  const changes = async (ms) => {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      session.dispatchEvent(new Event("parameters"));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
"""
    + UNTIL
)


def test_all_who_want_regions_share_one_question_which_is_asked_while_anybody_does(modules: Relief) -> None:
    body = """
      regions.want("wall");
      regions.want("lens");
      await until(() => !regions.isStale);
      const first = asked.length;
      regions.release("lens");
      await changes(30);
      const isStale = regions.isStale;
      await until(() => !regions.isStale);
      const second = asked.length;
      regions.release("wall");
      await changes(30);
      return [m.regionsOf(parts) === regions, first, isStale, second, asked.length, regions.isStale, regions.timer,
              regions.answer.document, regions.answer.creases.count, asked[0].path, asked[0].model];
    """
    found = modules.evaluate_module(REGIONS, PARTS + body, {"isRunning": False, "body": regions_body()})
    model = {"progress": {"epoch": 3, "batch": 0, "state": ""}}
    assert found == [True, 1, True, 2, 2, True, None, model, 2, "/api/regions", model]


def test_while_it_trains_they_are_asked_for_again_and_again_at_most_ten_times_a_second(modules: Relief) -> None:
    body = """
      regions.want("wall");
      while (asked.length < 6) await changes(10);
      regions.release("wall");
      return asked.map(({ at }) => at);
    """
    times = modules.evaluate_module(REGIONS, PARTS + body, {"isRunning": True, "body": regions_body()})
    assert min(np.diff(times)) > 98


def test_what_the_server_refuses_is_told_and_the_last_answer_stays_stale_until_the_next_one(modules: Relief) -> None:
    body = """
      regions.want("wall");
      await until(() => !regions.isStale);
      const good = answer;
      answer = () => new Response(JSON.stringify({ error: "not finite", where: "parameters" }), { status: 422 });
      await changes(15);
      await until(() => regions.error);
      const refused = [regions.error, regions.isStale, regions.answer.creases.count];
      answer = good;
      await changes(15);
      await until(() => !regions.isStale);
      regions.release("wall");
      return [refused, regions.error];
    """
    found = modules.evaluate_module(REGIONS, PARTS + body, {"isRunning": False, "body": regions_body()})
    assert found == [["not finite", True, 2], ""]
