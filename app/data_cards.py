"""Data cards: the data sets as pictures to choose from, the card of one's own data, the seed of the points."""

import dash_mantine_components as dmc
from dash import html

from app.menus import control_id
from app.thumbnails import dataset_picture
from nets import DATASETS, Model
from nets.limits import LARGEST_SEED

OWN_CARD = "open-own-data"


def dataset_cards(model: Model) -> dmc.RadioGroup:
    """Build the data sets as a group of pictures to choose from."""
    return dmc.RadioGroup(
        html.Div(
            [
                dmc.RadioCard(
                    html.Img(src=dataset_picture(row.name), alt="", draggable="false"),
                    value=row.name,
                    className="thumbnail",
                    **{"aria-label": f"{row.name}: {row.description}"},
                )
                for row in DATASETS.values()
            ]
            + [_own_card(model)],
            className="thumbnails",
        ),
        id=control_id("dataset"),
        value=model.data.name,
        **{"aria-label": "data set"},
    )


def is_generated(model: Model) -> bool:
    """Whether the points are made here, by name or by formula, and not the user's own."""
    return not model.data.points


def _own_card(model: Model) -> html.Button:
    """Build the card that opens the sheet of one's own data."""
    return html.Button("+", id=OWN_CARD, **{"data-opens": "own-data"}, **own_card_props(model))


def own_card_props(model: Model) -> dict[str, str]:
    """Return what the card says: it is marked while own data is in use."""
    is_own = model.data.name is None
    return {
        "className": "thumbnail own is-chosen" if is_own else "thumbnail own",
        "title": "your own data: draw, table, formula",
        "aria-label": f"your own data: draw, table, formula{' (in use)' if is_own else ''}",
    }


def seed_row(model: Model) -> html.Div:
    """Build the field of the points' seed, and the button that draws others."""
    return html.Div(
        [
            html.Button("new points", id=control_id("new-points"), className="quiet"),
            dmc.NumberInput(
                id=control_id("data-seed"),
                value=model.data.seed,
                min=0,
                max=LARGEST_SEED,
                clampBehavior="strict",
                allowDecimal=False,
                allowNegative=False,
                size="xs",
                w=88,
                debounce=200,
                **{"aria-label": "seed of the points"},
            ),
        ],
        id="row-data-seed",
        hidden=not is_generated(model),
        className="row menu",
    )
