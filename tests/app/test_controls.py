"""Controls: the setup panel is built from the tables, and always tells what the document says."""

import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, product
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from dash import html
from dash.development.base_component import Component

from app.change import Change
from app.controls import CONTROLS, setup_panel, shown
from app.data_cards import dataset_cards
from app.edits import EDITS, apply
from app.layer_rows import MIXED, layer_rows
from app.menus import NO_LAYER, activation_options, control_id
from app.thumbnails import dataset_picture
from nets import (
    ACTIVATIONS,
    DATASETS,
    INITIALIZERS,
    LOSSES,
    OPTIMIZERS,
    Initial,
    Model,
    create,
    dataset,
    parse,
    serialise,
)
from nets.datasets import DataSpec, by_formula
from nets.limits import LIMITS
from nets.network import Layer
from nets.optimizers import HYPERPARAMETERS
from nets.schedules import SCHEDULES
from nets.stopping import Stop
from tests.app.components import by_id, control_of, key, option_values, walk
from tests.nets.models import MIXED as MIXED_LAYERS
from tests.nets.models import bits, model_of, spiral_model

OWN_POINTS = DataSpec(None, 3, 0.0, 2, 1, 0.0, ((0.0, 0.5), (0.5, 0.0), (0.5, 0.5)), (0.0, 1.0, 1.0))

MODELS: dict[str, Model] = {
    **{name: create(dataset(name), hidden=[3, 2]) for name in DATASETS},
    "own points": create(OWN_POINTS, hidden=[2]),
    "own values": create(replace(OWN_POINTS, classes=0), hidden=[2]),
    "named classes": create(replace(OWN_POINTS, labels=("setosa", "virginica")), hidden=[2]),
    "uneven classes": create(replace(dataset("gaussians", 4), balance=0.3, test=0.45, seed=77), hidden=[2]),
    "by formula": create(by_formula("class = floor(2*x + 2)"), hidden=[2]),
    "values by formula": create(by_formula("target = x*y", noise=0.1), hidden=[2]),
    "no hidden layer": create(dataset("xor"), hidden=[]),
    "mixed neurons": model_of(MIXED_LAYERS, dataset("xor")),
    "eight layers": create(dataset("gaussians", 6), hidden=[32] * 7),
    "every training control": spiral_model(
        optimizer="momentum",
        hyperparameters={"momentum": 0.5},
        schedule="cosine",
        schedule_epochs=77,
        input_noise=0.25,
        weight_noise=0.1,
        dropout=0.3,
        dropout_kind="variational",
        batch_size=4000,
        seed=12,
        stop=Stop(300, 0.05, 0.95, 20),
    ),
    "line searches": spiral_model(optimizer="lbfgs"),
    "odd numbers": spiral_model(learning_rate=0.02, batch_size=7, l1=0.25, l2=0.00002),
}

models = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
controls = pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
pairs = pytest.mark.parametrize(("before", "after"), list(pairwise([*MODELS, *reversed(MODELS)])))


def panel(model: Model) -> html.Div:
    return html.Div(setup_panel(model))


def told(model: Model) -> dict[str, dict[str, Any]]:
    """What ``shown`` says, by id."""
    return {key(update["id"]): update["props"] for update in shown(model)}


def menu(name: str, model: Model) -> list[str]:
    return option_values(by_id(panel(model))[key(control_id(name))])


# The panel is built from the tables.


@controls
def test_every_control_has_an_edit(control: Any) -> None:
    assert control.name in EDITS


@models
def test_every_component_that_is_a_control_has_an_edit(model: Model) -> None:
    assert {control_of(component) for component in walk(panel(model))} - {None} <= set(EDITS)


def test_every_activation_is_in_the_menu_of_every_layer() -> None:
    model = MODELS["eight layers"]
    for index in range(len(model.layers)):
        component = by_id(layer_rows(model))[key(control_id("layer-activation", index))]
        assert option_values(component) == list(ACTIVATIONS)


@pytest.mark.parametrize(
    ("name", "table"), [("optimizer", OPTIMIZERS), ("initializer", INITIALIZERS), ("schedule", SCHEDULES)]
)
def test_every_row_of_a_table_is_in_its_menu(name: str, table: dict[str, Any]) -> None:
    assert menu(name, MODELS["spiral"]) == list(table)


@models
def test_the_menu_of_losses_has_every_loss_for_the_task_and_no_other(model: Model) -> None:
    assert menu("loss", model) == [row.name for row in LOSSES.values() if model.data.task in row.tasks]


def test_every_data_set_has_a_card_that_says_what_it_is() -> None:
    cards = [component for component in walk(dataset_cards(MODELS["xor"])) if type(component).__name__ == "RadioCard"]
    assert [card.value for card in cards] == list(DATASETS)
    for card in cards:
        assert DATASETS[card.value].description in getattr(card, "aria-label")


@models
def test_the_card_of_ones_own_data_says_whether_it_is_in_use(model: Model) -> None:
    for card in (by_id(panel(model))["open-own-data"].to_plotly_json()["props"], told(model)["open-own-data"]):
        is_own = model.data.name is None
        assert ("is-chosen" in card["className"]) is is_own
        assert card["aria-label"].endswith("(in use)") is is_own


def test_the_row_of_the_outputs_tells_the_names_of_the_classes() -> None:
    assert layer_rows(MODELS["named classes"])[-1].children[0].children[0].title == "setosa, virginica"


@controls
@models
def test_a_menu_offers_what_the_model_has_though_the_table_lacks_it(control: Any, model: Model) -> None:
    if control.choices:
        offered = menu(control.name, model)
        assert control.read(model) in offered
        assert len(set(offered)) == len(offered)


# The panel tells what the document says.


@models
def test_ids_are_unique(model: Model) -> None:
    keys = [key(component.id) for component in walk(panel(model)) if hasattr(component, "id")]
    assert len(set(keys)) == len(keys)


@models
def test_shown_covers_every_control_that_has_a_value(model: Model) -> None:
    updates = told(model)
    rows = by_id(updates["layer-rows"]["children"])
    for id_, component in by_id(panel(model)).items():
        if control_of(component) and hasattr(component, "value"):
            assert id_ in updates or id_ in rows


@models
def test_shown_speaks_of_nothing_that_is_not_there(model: Model) -> None:
    components = by_id(panel(model))
    for id_, props in told(model).items():
        assert set(props) <= set(components[id_].available_properties) | {"aria-label"}


@pairs
def test_a_panel_that_is_told_to_show_another_model_is_the_panel_of_that_model(before: str, after: str) -> None:
    changed = panel(MODELS[before])
    for id_, props in told(MODELS[after]).items():
        for name, value in props.items():
            setattr(by_id(changed)[id_], name, value)
    assert dict(visible(changed)) == dict(visible(panel(MODELS[after])))


def visible(node: Any, path: str = "panel") -> Iterator[tuple[str, Any]]:
    """Yield the path and the value of everything in a tree, but what is in hidden rows."""
    if isinstance(node, Component):
        props = node.to_plotly_json()["props"]
        yield path, type(node).__name__
        node = {"hidden": True} if props.get("hidden") else {"hidden": False, **props}
    if isinstance(node, dict | list | tuple):
        for name, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from visible(value, f"{path}.{name}")
    else:
        yield path, node


@models
def test_shown_describes_the_model_and_does_not_touch_it(model: Model) -> None:
    before = copy.deepcopy(bits(model))
    shown(model)
    assert bits(model) == before


def test_a_layer_of_different_neurons_says_so() -> None:
    components = by_id(layer_rows(MODELS["mixed neurons"]))
    for index, layer in enumerate(MIXED_LAYERS):
        menu_of_layer = components[key(control_id("layer-activation", index))]
        assert menu_of_layer.value == (layer.activation[0] if len(set(layer.activation)) == 1 else None)
        assert menu_of_layer.placeholder == MIXED


@models
def test_every_layer_has_its_width_and_only_a_hidden_one_can_be_changed_or_removed(model: Model) -> None:
    components = by_id(layer_rows(model))
    last = len(model.layers) - 1
    widths = [components[key(control_id("layer-width", index))] for index in range(last)]
    assert [component.value for component in widths] == [layer.width for layer in model.layers[:-1]]
    assert all((component.min, component.max) == (1, LIMITS["neurons a layer"]) for component in widths)
    assert key(control_id("layer-width", last)) not in components
    for control in ("narrow-layer", "widen-layer"):
        assert [key(control_id(control, index)) in components for index in range(last + 1)] == [True] * last + [False]
    removers = [components[key(control_id("remove-layer", index))] for index in range(last + 1)]
    assert [bool(remover.disabled) for remover in removers] == [False] * last + [True]


@models
def test_every_layer_says_what_stands_before_its_weights_and_whether_it_sees_the_inputs(model: Model) -> None:
    components = by_id(layer_rows(model))
    for index, layer in enumerate(model.layers):
        assert components[key(control_id("layer-pre", index))].value == layer.pre
        switch = components[key(control_id("layer-skip", index))]
        assert (switch.role, getattr(switch, "aria-checked")) == ("switch", "true" if layer.skip else "false")


@models
def test_a_layer_can_be_moved_just_as_far_as_there_are_hidden_layers(model: Model) -> None:
    components = by_id(layer_rows(model))
    for index in range(len(model.layers)):
        for control in ("layer-up", "layer-down"):
            if not components[key(control_id(control, index))].disabled:
                assert len(apply(model, Change(control, None, index)).layers) == len(model.layers)
    disabled = [
        [bool(components[key(control_id(control, index))].disabled) for control in ("layer-up", "layer-down")]
        for index in range(len(model.layers))
    ]
    hidden = len(model.layers) - 1
    assert disabled == [[index == 0, index == hidden - 1] for index in range(hidden)] + [[True, True]]


def test_every_nonlinearity_is_offered_with_its_formula() -> None:
    assert [(option["value"], option["formula"]) for option in activation_options()] == [
        (row.name, row.formula) for row in ACTIVATIONS.values()
    ]


@pytest.mark.parametrize(
    ("name", "model", "is_shown"),
    [
        ("classes", "spiral", True),
        ("classes", "xor", False),
        ("classes", "bumps", False),
        ("classes", "own points", False),
        ("points", "bumps", True),
        ("points", "own points", False),
        ("noise", "own values", False),
        ("points", "by formula", True),
        ("noise", "values by formula", True),
        ("classes", "by formula", False),
        ("balance", "spiral", True),
        ("balance", "by formula", True),
        ("balance", "bumps", False),
        ("balance", "own points", False),
        ("test-share", "own points", True),
        ("data-seed", "values by formula", True),
        ("data-seed", "own points", False),
        ("learning-rate", "own values", True),
        ("hyperparameter-beta1", "spiral", True),
        ("hyperparameter-momentum", "spiral", False),
        ("hyperparameter-momentum", "every training control", True),
        ("hyperparameter-beta1", "every training control", False),
        ("schedule-epochs", "spiral", False),
        ("schedule-epochs", "every training control", True),
        ("stop-accuracy", "spiral", True),
        ("stop-accuracy", "bumps", False),
    ],
)
def test_a_control_that_means_nothing_for_the_model_is_hidden(name: str, model: str, is_shown: bool) -> None:
    assert by_id(panel(MODELS[model]))[f"row-{name}"].hidden is not is_shown
    assert told(MODELS[model])[f"row-{name}"]["hidden"] is not is_shown


def box(name: str, model: Model) -> Any:
    return by_id(panel(model))[key(control_id(name))]


def test_a_box_that_may_be_empty_says_what_that_means() -> None:
    for name in ("epoch", "loss", "accuracy", "plateau"):
        empty = box(f"stop-{name}", MODELS["spiral"])
        assert (empty.value, empty.placeholder) == ("", "never")
        assert told(MODELS["spiral"])[key(control_id(f"stop-{name}"))]["placeholder"] == "never"
    beta = box("hyperparameter-beta1", MODELS["spiral"])
    assert (beta.value, beta.placeholder) == (0.9, "0.9")
    assert not box("training-seed", MODELS["spiral"]).placeholder


def test_what_an_optimiser_that_searches_lines_has_no_use_for_is_hidden_and_comes_back_with_another() -> None:
    names = ("learning-rate", "batch-size", "schedule")
    for optimizer in OPTIMIZERS:
        updates = told(spiral_model(optimizer=optimizer))
        assert [updates[f"row-{name}"]["hidden"] for name in names] == [optimizer == "lbfgs"] * 3


def test_the_kind_of_dropout_is_asked_for_where_there_is_any() -> None:
    hidden = [told(spiral_model(dropout=size))["row-dropout-kind"]["hidden"] for size in (0.0, 0.2)]
    assert hidden == [True, False]


@pytest.mark.parametrize("row", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_every_number_of_an_optimiser_has_a_box_with_its_range_and_default(row: Any) -> None:
    model = spiral_model(optimizer=row.name)
    shown_boxes = {name for name in HYPERPARAMETERS if not by_id(panel(model))[f"row-hyperparameter-{name}"].hidden}
    assert shown_boxes == {entry.name for entry in row.hyperparameters}
    for entry in row.hyperparameters:
        component = box(f"hyperparameter-{entry.name}", model)
        assert (component.value, component.min, component.max) == (entry.default, entry.low, entry.high)


def test_the_largest_batch_is_called_full() -> None:
    batches = box("batch-size", MODELS["spiral"])
    assert {option["value"]: option["label"] for option in batches.data}[str(LIMITS["points"])] == "full"
    assert box("batch-size", MODELS["every training control"]).value == str(LIMITS["points"])


@models
def test_every_row_has_a_tooltip_that_is_told_too(model: Model) -> None:
    rows = by_id(panel(model))
    for control in CONTROLS:
        row = rows[f"row-{control.name}"]
        assert row.title == told(model)[f"row-{control.name}"]["title"] == control.help_for(model)
        assert row.title


def test_tooltips_of_menus_give_the_formula_of_what_is_chosen() -> None:
    titles = {
        name: props["title"] for name, props in told(MODELS["every training control"]).items() if "title" in props
    }
    assert OPTIMIZERS["momentum"].formula in titles["row-optimizer"]
    assert SCHEDULES["cosine"].formula in titles["row-schedule"]
    assert LOSSES["softmax_cross_entropy"].formula in titles["row-loss"]


def test_the_tooltip_of_the_first_biases_says_what_they_are_drawn_from() -> None:
    model = MODELS["spiral"]
    titles = [
        told(replace(model, initial=Initial(bias=bias)))["row-initial-bias"]["title"] for bias in (0.0, 0.03, 10.0)
    ]
    assert titles[0] == "biases start at 0"
    assert "U(−0.03, 0.03)" in titles[1]
    assert "U(−10, 10)" in titles[2]


# What the panel offers can be had.


@controls
@models
def test_every_value_that_a_control_offers_is_accepted(control: Any, model: Model) -> None:
    component = by_id(panel(model))[key(control_id(control.name))]
    if not control.is_shown(model):
        return
    offered = option_values(component) if control.choices else [component.min, component.max]
    for value in offered:
        edited = parse(serialise(apply(model, Change(control.name, value))))
        assert control.read(edited) == value


@models
def test_every_card_and_every_nonlinearity_is_accepted(model: Model) -> None:
    for name in DATASETS:
        assert parse(serialise(apply(MODELS["spiral"], Change("dataset", name)))).data.name == name
    for name, index in product(ACTIVATIONS, range(len(model.layers))):
        edited = parse(serialise(apply(model, Change("layer-activation", name, index))))
        assert set(edited.layers[index].activation) == {name}


@pytest.mark.parametrize("width", [1, LIMITS["neurons a layer"]])
def test_every_width_that_a_row_allows_is_accepted(width: int) -> None:
    edited = parse(serialise(apply(MODELS["spiral"], Change("layer-width", width, 0))))
    assert edited.layers[0] == Layer(width, ("tanh",) * width)


@pytest.mark.parametrize("number", [1e-08, 0.0001, 0.00001, 0.02, 0.3, 1.0, 10.0, 100.0, 1000.0])
def test_numbers_in_menus_are_written_as_people_write_them_and_read_back_the_same(number: float) -> None:
    model = spiral_model(learning_rate=number)
    text = told(model)[key(control_id("learning-rate"))]["value"]
    assert float(text) == number
    assert "e" not in text
    assert not text.endswith(".")


# The pictures of the data sets.


def dots_of(picture: str) -> dict[str, list[tuple[float, float]]]:
    """Return the places of a picture's dots by their colour."""
    head, data = picture.split(",", 1)
    assert head == "data:image/svg+xml"
    dots: dict[str, list[tuple[float, float]]] = {}
    for path in ElementTree.fromstring(unquote(data)).iter("{http://www.w3.org/2000/svg}path"):
        places = re.findall(r"M([\d.-]+) ([\d.-]+)h0", path.get("d", ""))
        dots.setdefault(path.get("stroke", ""), []).extend((float(x), float(y)) for x, y in places)
    return dots


@pytest.mark.parametrize("name", DATASETS)
def test_the_picture_of_a_data_set_has_a_dot_for_every_point_in_the_colour_of_its_class_or_sign(name: str) -> None:
    dots = dots_of(dataset_picture(name, n=40))
    assert sum(len(places) for places in dots.values()) == 40
    assert len(dots) == (dataset(name).classes or 2)


def test_the_picture_of_a_data_set_has_y_upwards() -> None:
    """The centres of three Gaussian clouds are at 90°, 210° and 330°: class 0 is at the top, where SVG's y is small."""
    dots = dots_of(dataset_picture("gaussians", size=100, n=300))
    first, *others = (sum(y for _, y in places) / len(places) for places in dots.values())
    assert first < 40
    assert min(others) > 60


def test_the_ids_of_controls_without_a_layer_say_so() -> None:
    assert control_id("l1") == {"control": "l1", "layer": NO_LAYER}
    assert control_id("layer-width", 2) == {"control": "layer-width", "layer": 2}


@models
def test_everything_that_can_be_operated_has_a_name(model: Model) -> None:
    for component in walk(panel(model)):
        kind = type(component).__name__
        if kind in ("Select", "NumberInput", "RadioGroup", "RadioCard"):
            assert getattr(component, "aria-label", ""), component.id
        elif kind == "Slider":
            assert component.thumbLabel
        elif kind == "Button":
            assert getattr(component, "aria-label", None) or str(component.children).isascii()
