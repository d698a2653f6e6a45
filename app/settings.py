"""Settings: everything that can be set from the environment, in one table."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes:
        name: the environment variable.
        default: its value where the variable is not set; its type decides how text is read.
        meaning: what it sets, in a few words.
        default_in_words: the default as the README shows it, where its value says too little.
    """

    name: str
    default: str | int
    meaning: str
    default_in_words: str = ""


SETTINGS = (
    Setting("HOST", "127.0.0.1", "address to listen on"),
    Setting("PORT", 8050, "port to listen on"),
    Setting(
        "RELIEF_PROCESSES",
        os.cpu_count() or 1,
        "training processes; or tasks that Celery workers are given at once",
        "one per core",
    ),
    Setting("CELERY_BROKER_URL", "", "Redis at which Celery workers train", "processes of this server train"),
    Setting("RELIEF_STREAMS", 240, "runs at once, each of which holds a thread; one more is told to wait"),
    Setting("RELIEF_STREAMS_PER_SESSION", 16, "runs at once of one browser"),
    Setting(
        "RELIEF_HOSTS",
        "",
        "names under which it may be asked, with commas between them; `.example.org` stands for all that end so",
        "any, but only this machine's own where `HOST` is one of them",
    ),
    Setting("RELIEF_FRAME_ANCESTORS", "'none'", "who may embed the page, as in Content-Security-Policy"),
)


@dataclass(frozen=True)
class Settings:
    """The settings in force; see ``SETTINGS`` for what each means."""

    host: str
    port: int
    processes: int
    celery_broker_url: str
    streams: int
    streams_per_session: int
    hosts: str
    frame_ancestors: str


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings from environment variables.

    Raises:
        ValueError: where a number is expected and something else is given, or a number is below 1.
    """
    values: dict[str, str | int] = {}
    for setting in SETTINGS:
        field = setting.name.removeprefix("RELIEF_").lower()
        values[field] = _read(setting, environment.get(setting.name))
    return Settings(**values)  # type: ignore[arg-type]  # each value has its default's type


def _read(setting: Setting, text: str | None) -> str | int:
    if text is None or text == "":
        return setting.default
    if isinstance(setting.default, str):
        return text
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise ValueError(f"{setting.name} is {text!r}; expected a whole number from 1 ({setting.meaning})")
    return number
