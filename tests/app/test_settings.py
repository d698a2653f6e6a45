"""Settings: read from the environment, refused where they make no sense."""

import os
from dataclasses import fields

import pytest

from app.settings import SETTINGS, Setting, Settings, read_settings

NUMBERS = [setting for setting in SETTINGS if isinstance(setting.default, int)]
TEXTS = [setting for setting in SETTINGS if isinstance(setting.default, str)]


def field_of(name: str) -> str:
    return name.removeprefix("RELIEF_").lower()


def test_every_setting_has_a_row_and_every_row_is_a_setting() -> None:
    assert [field_of(setting.name) for setting in SETTINGS] == [field.name for field in fields(Settings)]


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = read_settings({})
    assert {setting.name: getattr(settings, field_of(setting.name)) for setting in SETTINGS} == {
        setting.name: setting.default for setting in SETTINGS
    }


def test_by_default_only_this_machine_is_listened_to_and_nobody_may_embed_the_page() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port, settings.frame_ancestors) == ("127.0.0.1", 8050, "'none'")


def test_by_default_there_is_a_training_process_per_core() -> None:
    assert read_settings({}).processes == os.cpu_count()


@pytest.mark.parametrize("setting", NUMBERS, ids=lambda setting: setting.name)
def test_a_number_is_read_from_its_variable(setting: Setting) -> None:
    assert getattr(read_settings({setting.name: "17"}), field_of(setting.name)) == 17


@pytest.mark.parametrize("setting", TEXTS, ids=lambda setting: setting.name)
def test_a_text_is_read_from_its_variable(setting: Setting) -> None:
    assert getattr(read_settings({setting.name: "'self' https://a.example"}), field_of(setting.name)) == (
        "'self' https://a.example"
    )


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_an_empty_variable_is_one_that_is_not_set(setting: Setting) -> None:
    assert read_settings({setting.name: ""}) == read_settings({})


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5", "1e3", " ", "0x10", "²", "nan"])
@pytest.mark.parametrize("setting", NUMBERS, ids=lambda setting: setting.name)
def test_what_is_no_number_from_1_is_refused_by_name_and_value(setting: Setting, text: str) -> None:
    with pytest.raises(ValueError, match="expected a whole number from 1") as caught:
        read_settings({setting.name: text})
    assert setting.name in str(caught.value)
    assert repr(text) in str(caught.value)


def test_variables_of_others_do_not_matter() -> None:
    assert read_settings({"PATH": "/bin", "RELIEF_SPEED": "fast", "host": "example.org"}) == read_settings({})


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_explains_itself(setting: Setting) -> None:
    assert setting.meaning
    assert "\n" not in setting.meaning + setting.default_in_words
