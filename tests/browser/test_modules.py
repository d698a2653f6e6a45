"""The small modules of assets/lib, each by itself."""

from itertools import pairwise
from typing import Any

import pytest

from app.palette import HEIGHT_STOPS, LIGHT
from nets import create, dataset, serialise
from nets.model import LARGEST_PARAMETER
from nets.network import Layer, n_parameters, shapes
from nets.surfaces import GRID_SIZE
from tests.browser.relief import Relief


def epochs_after(modules: Relief, most: int, added: list[int], cursor: int | None = None) -> list[int]:
    """Return the epochs a history of at most ``most`` moments holds after adding some."""
    return list(
        modules.evaluate_module(
            "history.mjs",
            """const history = new m.History(argument.most);
               argument.added.forEach((epoch, i) => {
                 if (i === argument.added.length - 1 && argument.cursor !== null) history.cursor = argument.cursor;
                 history.add({ epoch });
               });
               return history.moments.map(({ epoch }) => epoch);""",
            {"most": most, "added": added, "cursor": cursor},
        )
    )


def test_a_history_keeps_every_moment_while_there_is_room(modules: Relief) -> None:
    assert epochs_after(modules, 8, [0, 1, 2, 5, 9]) == [0, 1, 2, 5, 9]


def test_a_full_history_is_thinned_evenly_and_keeps_both_ends(modules: Relief) -> None:
    assert epochs_after(modules, 8, list(range(9))) == [0, 2, 4, 6, 8]
    long = epochs_after(modules, 500, list(range(10_000)))
    assert (long[0], long[-1]) == (0, 9_999)
    assert 250 <= len(long) <= 500
    assert len({after - before for before, after in pairwise(long[:-1])}) == 1


def test_the_timeline_holds_at_least_500_moments(modules: Relief) -> None:
    assert modules.evaluate_module("history.mjs", "return m.MOST_MOMENTS") >= 1000


def test_a_moment_of_the_same_epoch_replaces_the_last(modules: Relief) -> None:
    assert epochs_after(modules, 8, [0, 1, 2, 2]) == [0, 1, 2]


def test_a_moment_added_in_the_past_drops_what_came_after_it(modules: Relief) -> None:
    assert epochs_after(modules, 8, [0, 1, 2, 3, 4, 2], cursor=1) == [0, 1, 2]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, 1), (1.01, 1.2), (0.99, 1), (3.3, 4), (11.3, 12), (0.013, 0.016), (6.1e7, 8e7), (10, 10), (99, 100)],
)
def test_scales_are_round_and_hold_the_value(value: float, expected: float, modules: Relief) -> None:
    assert modules.evaluate_module("arrange.mjs", "return m.roundUp(argument)", value) == expected


def test_a_scale_does_not_count_what_cannot_be_drawn(modules: Relief) -> None:
    body = "return m.heightScale(new Float64Array([0.3, -0.7, Infinity, NaN, 1e300]))"
    assert modules.evaluate_module("arrange.mjs", body) == 0.8


def arrangement(modules: Relief, widths: list[int], width: int, height: int) -> dict[str, Any]:
    return dict(modules.evaluate_module("arrange.mjs", "return m.arrange(...argument)", [widths, True, width, height]))


def test_columns_are_evenly_spaced_and_centred(modules: Relief) -> None:
    placed = arrangement(modules, [2, 8, 3], 800, 450)
    assert [column["x"] for column in placed["columns"]] == [100, 300, 500, 700]
    for layer, count in enumerate([2, 8, 3, 1]):
        ys = [tile["y"] for tile in placed["tiles"] if tile["layer"] == layer]
        assert len(ys) == count
        assert sum(ys) / count == pytest.approx((placed["height"] + 40 - 10) / 2)


def test_what_does_not_fit_makes_the_wall_larger_than_its_view(modules: Relief) -> None:
    placed = arrangement(modules, [2] + [32] * 8, 400, 450)
    assert placed["width"] > 400
    assert placed["height"] >= 32 * 30
    assert min(tile["height"] for tile in placed["tiles"]) >= 30


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("formatNumber(-0.254)", "−0.25"),
        ("formatNumber(0)", "0.00"),
        ("formatNumber(0.0012)", "1.2e−3"),
        ("formatLoss(0.0214)", "0.021"),
        ("formatLoss(23.45)", "23.4"),
        ("formatLoss(null)", "–"),
        ("formatShare(1)", "100 %"),
        ("formatShare(0.987)", "98.7 %"),
        ("formatShare(0.9999)", "99.9 %"),
        ("formatCount(12480)", "12,480"),
        ("formatScale(0.5)", "0.5"),
        ("formatScale(2000000)", "2e6"),
        ("formatScale(0.30000000000000004)", "0.3"),
    ],
)
def test_numbers_are_short(call: str, text: str, modules: Relief) -> None:
    assert modules.evaluate_module("format.mjs", f"return m.{call}") == text


def test_the_page_lays_parameters_out_as_nets_does(modules: Relief) -> None:
    layers = (Layer(5, ("tanh",) * 5), Layer(4, ("relu",) * 4, skip=True), Layer(1, ("identity",)))
    document = {"layers": [{"width": la.width, "activation": "tanh", "skip": la.skip} for la in layers]}
    laid_out = modules.evaluate_module("document.mjs", "return m.layoutLayers(argument)", document)
    assert [(layer["width"], layer["inputs"]) for layer in laid_out] == list(shapes(layers))
    assert laid_out[-1]["biases"] + 1 == n_parameters(layers)
    owners = modules.evaluate_module(
        "document.mjs",
        "const layers = m.layoutLayers(argument); "
        "return Array.from({ length: m.countParameters(layers) }, (_, i) => m.layerOfParameter(layers, i))",
        document,
    )
    assert owners == [1] * 15 + [2] * 32 + [3] * 5


def test_parameters_survive_the_page_to_the_bit(modules: Relief) -> None:
    text = serialise(create(dataset("spiral"), hidden=[32, 32, 32]))["parameters"]
    assert modules.evaluate_module("document.mjs", "return m.encodeFloat64(m.decodeFloat64(argument))", text) == text


def test_lines_are_read_as_they_arrive_and_half_a_line_is_dropped(modules: Relief) -> None:
    read = modules.evaluate_module(
        "ndjson.mjs",
        """const pieces = ['{"a":1}\\n{"a"', ':"é"}\\n\\n'.slice(0, -1), '{"a":3}\\n{"cut'];
           const body = new Blob(pieces).stream();
           const found = [];
           for await (const line of m.readLines(body)) found.push(line.a);
           return found;""",
    )
    assert read == [1, "é", 3]


def test_a_broken_stream_is_told_apart_from_other_errors(modules: Relief) -> None:
    caught = modules.evaluate_module(
        "ndjson.mjs",
        """const body = new ReadableStream({ start(controller) { controller.error(new TypeError("network")); } });
           try { for await (const line of m.readLines(body)) void line; } catch (error) {
             return error instanceof m.ConnectionLost;
           }""",
    )
    assert caught is True


def test_constants_that_python_has_too_are_the_same(modules: Relief) -> None:
    assert modules.evaluate_module("session.mjs", "return m.LARGEST_PARAMETER") == LARGEST_PARAMETER
    assert modules.evaluate_module("engine.mjs", "return m.GRID_SIZE") == GRID_SIZE
    colours = {f"height-{i}": LIGHT[f"height-{i}"] for i in range(5)}
    scale = modules.evaluate_module("theme.mjs", "return m.colorscale(argument)", colours)
    assert [2 * stop - 1 for stop, _ in scale] == pytest.approx(list(HEIGHT_STOPS))


def test_undo_goes_back_at_most_a_hundred_gestures_and_an_edit_forgets_the_redos(modules: Relief) -> None:
    counts = modules.evaluate_module(
        "session.mjs",
        """const session = new m.Session(sessionStorage);
           session.adopt(argument, null);
           for (let i = 0; i < 120; i += 1) { session.remember(); session.setParameter(0, i); }
           let undone = 0;
           while (session.undos.length) { session.adopt(session.undo(), null); undone += 1; }
           const lowest = session.parameters[0];
           session.adopt(session.redo(), null);
           session.remember();
           return [undone, lowest, session.parameters[0], session.redos.length];""",
        serialise(create(dataset("spiral"))),
    )
    assert counts == [100, 19, 20, 0]


def rows(values: list[int], **props: Any) -> list[dict[str, Any]]:
    """Components as Python sends them: a row of a text and a field each."""
    field = [{"type": "NumberInput", "props": {"id": {"layer": i}, "value": v, **props}} for i, v in enumerate(values)]
    return [{"type": "Div", "props": {"children": ["width", component]}} for component in field]


def differences(modules: Relief, before: Any, after: Any) -> Any:
    return modules.evaluate_module("components.mjs", "return m.differences(...argument)", [before, after])


def test_rows_that_differ_in_values_are_told_their_values_even_those_that_stay(modules: Relief) -> None:
    wanted = [{"id": {"layer": 0}, "props": {"value": 3}}, {"id": {"layer": 1}, "props": {"value": 5}}]
    assert differences(modules, rows([3, 4]), rows([3, 5])) == wanted
    assert differences(modules, rows([3]), rows([3], disabled=True))[0]["props"] == {"value": 3, "disabled": True}
    assert differences(modules, rows([3], disabled=True), rows([3]))[0]["props"] == {"value": 3, "disabled": None}


@pytest.mark.parametrize("after", [rows([3]), rows([3, 4, 5]), [*rows([3]), "text"], [*rows([3]), {"type": "P"}]])
def test_rows_that_differ_in_more_than_values_are_built_anew(after: Any, modules: Relief) -> None:
    assert differences(modules, rows([3, 4]), after) is None


def test_a_gesture_begins_and_ends_once_and_a_reset_is_a_whole_one(modules: Relief) -> None:
    calls, is_under_way, epochs = modules.evaluate_module(
        "editing.mjs",
        """const { History } = await import('/assets/lib/history.mjs');
           const calls = [];
           const trainer = { hold: () => calls.push('hold'), release: () => calls.push('release') };
           const session = {
             document: null,
             get progress() { return this.document.progress; },
             adopt(document) { this.document = document; },
             remember: () => calls.push('remember'),
             save: () => {},
           };
           const history = new History();
           const editing = new m.Editing(session, history, trainer);
           const at = (epoch) => ({ layers: [{ width: 1, skip: false }], data: {}, training: {}, progress: { epoch } });
           editing.takeUp({ document: at(0), points: null }, true);
           editing.end();
           editing.start();
           editing.start();
           editing.end();
           editing.end();
           editing.takeUp({ document: at(7), points: null }, false);
           editing.reset();
           return [calls, editing.isUnderWay, history.moments.map(({ epoch }) => epoch)];""",
    )
    assert calls == ["hold", "remember", "release"] * 2
    assert is_under_way is False
    assert epochs == [0]


def test_a_file_that_holds_nothing_is_not_taken_for_the_present_network(modules: Relief) -> None:
    sent = modules.evaluate_module(
        "panel.mjs",
        """const sent = [];
           const dash = { set_props: (id, { data }) => sent.push(data.document) };
           const panel = new m.Panel(dash, { model: () => "ours", version: () => 1, hold() {} });
           panel.load(null, true);
           clearTimeout(panel.timer);
           return sent;""",
    )
    assert sent == [None]


def test_a_control_whose_key_is_held_down_is_one_change_and_not_hundreds(modules: Relief) -> None:
    """While the server is asked a change waits; beyond so many the server would take none of them."""
    sent = modules.evaluate_module(
        "panel.mjs",
        """const sent = [];
           const dash = { set_props: (id, { data }) => sent.push(data.changes) };
           const hooks = { model: () => ({}), selection: () => ({ layer: 0, neuron: 0 }), version: () => 1, hold() {} };
           const panel = new m.Panel(dash, hooks);
           const set = (control, value) =>
             panel.collect([{ prop_id: `${JSON.stringify({ control, layer: -1 })}.value`, value }]);
           const click = (control) =>
             panel.collect([{ prop_id: `${JSON.stringify({ control, layer: -1 })}.n_clicks`, value: 1 }]);
           for (let i = 1; i <= 100; i += 1) set('noise', i);
           set('classes', 3);
           set('noise', 7);
           click('add-layer');
           click('add-layer');
           clearTimeout(panel.timer);
           return sent.at(-1);""",
    )
    assert [(change["control"], change["value"]) for change in sent] == [
        ("noise", 100),
        ("classes", 3),
        ("noise", 7),
        ("add-layer", None),
        ("add-layer", None),
    ]


def test_a_control_that_goes_back_to_what_it_was_told_before_is_no_user(modules: Relief) -> None:
    heard = modules.evaluate_module(
        "echoes.mjs",
        """const echoes = new m.Echoes();
           const hear = (value, now) => echoes.hear('a', value, now);
           echoes.tell('a', 'tanh', 0);
           const first = [hear('tanh', 10), hear('tanh', 20)];
           echoes.tell('a', 'relu', 100);
           const then = [hear('tanh', 150), hear('tanh', 200), hear('relu', 210), hear('tanh', 1200)];
           echoes.tell('b', 'tanh', 1300);
           return [first, then, [hear('tanh', 1300), hear('sin', 1400), hear('relu', 1500)], echoes.shown.get('b')];""",
    )
    assert heard == [["echo", "echo"], ["late", "late", "echo", "user"], ["echo", "user", "user"], "tanh"]


def test_a_busy_server_is_asked_again_when_it_says_and_not_for_ever(modules: Relief) -> None:
    found = modules.evaluate_module(
        "post.mjs",
        """const original = window.fetch;
           const asked = [];
           const statuses = argument.slice();
           window.fetch = async (path, { headers, body }) => {
             asked.push([path, headers["X-Relief-Session"].length > 10, body]);
             const status = statuses.shift();
             return new Response("{}", { status, headers: { "Retry-After": "0" } });
           };
           try {
             const first = await m.ask("/api/gradient", { model: 1 });
             const second = await m.ask("/api/gradient", { model: 2 });
             return { statuses: [first.status, second.status], asked };
           } finally {
             window.fetch = original;
           }""",
        [503, 503, 200, 503, 503, 503, 503, 503, 200],
    )
    assert found["statuses"] == [200, 503]
    assert len(found["asked"]) == 8
    assert found["asked"][0] == ["/api/gradient", True, '{"model":1}']


def test_a_browser_names_itself_once_at_random(modules: Relief) -> None:
    found = modules.evaluate_module(
        "post.mjs",
        """const kept = {};
           const storage = { getItem: (key) => kept[key] ?? null, setItem: (key, text) => { kept[key] = text; } };
           const full = { getItem: () => null, setItem: () => { throw new Error("full"); } };
           return [m.ownName(storage), m.ownName(storage), m.ownName(full), m.ownName({ getItem: () => "other" })];""",
    )
    assert found[0] == found[1] == found[2]
    assert found[3] == "other"
    assert 10 < len(found[0]) <= 40
