"""A page without a browser: it trains its own network, edits it, loses its connection, and is loaded anew."""

import asyncio
import base64
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nets import Model, create, dataset, serialise
from tests.load.client import Answer, request

EDIT_EVERY = 5.0  # s, on average
LOAD_EVERY = 30.0  # s: what a reload fetches from the server, the rest being cached
PATHS = ("/", "/_dash-layout", "/_dash-dependencies", "/api/presets")
DROPPED = 0.25  # share of streams that end as if a cable were pulled
BACKOFF = 0.25  # s after a broken connection, as the page waits
ENCODED = {"Content_Type": "application/json", "Accept_Encoding": "gzip, deflate, br, zstd"}


@dataclass
class Experience:
    """What a visitor sees.

    Attributes:
        snapshots: moments of training that were shown.
        arrivals: seconds at which anything came.
        edits: seconds from each edit to the first new snapshot.
        waits: how often the server was busy and named a time.
        failures: what must not happen, in words.
        requests: how many were answered.
    """

    snapshots: int = 0
    arrivals: list[float] = field(default_factory=list)
    edits: list[float] = field(default_factory=list)
    waits: int = 0
    failures: list[str] = field(default_factory=list)
    requests: int = 0


class Page:
    """One visitor, with a network of their own.

    Args:
        number: which visitor; what they do is always the same.
        port: of the server.
        model: what they train; by default a 2-8-8-3 network on data of their own.
        session: what their browser calls itself.
    """

    def __init__(self, number: int, port: int, model: Model | None = None, session: str = "") -> None:
        self.experience = Experience()
        self._port = port
        self._session = session or f"load-{number}"
        self._random = random.Random(number)
        model = model or create(dataset("spiral", classes=3, seed=number), hidden=[8, 8])
        self._document: dict[str, Any] = serialise(model)

    async def live(self) -> None:
        """Do what a visitor does until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._train())
            group.create_task(self._reload())

    async def _train(self) -> None:
        while True:
            edited = self._edit()
            await self._stream(edited, time.monotonic() + self._random.expovariate(1 / EDIT_EVERY))

    def _edit(self) -> float:
        """Move one weight, as a hand on a slider does; returns when."""
        parameters = np.frombuffer(base64.b64decode(self._document["parameters"]), "<f8").copy()
        parameters[self._random.randrange(parameters.size)] += self._random.uniform(-0.1, 0.1)
        self._document["parameters"] = base64.b64encode(parameters.tobytes()).decode()
        return time.monotonic()

    async def _stream(self, edited: float, until: float) -> None:
        """Train until a time, then let go of the connection, in the middle of whatever is under way."""
        body = json.dumps({"model": self._document}).encode()
        try:
            async with request(
                self._port, "POST", "/api/train", body, X_Relief_Session=self._session, **ENCODED
            ) as answer:
                self.experience.requests += 1
                if answer.status == 503:
                    self.experience.waits += 1
                    await asyncio.sleep(float(answer.headers["retry-after"]))
                elif answer.status == 200:
                    await self._read(answer, edited, until)
                else:
                    self.experience.failures.append(f"train {answer.status}")
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            self.experience.failures.append(f"train {type(error).__name__}")
            await asyncio.sleep(BACKOFF)

    async def _read(self, answer: Answer, edited: float, until: float) -> None:
        is_first, rest, is_over = True, b"", False
        async for part in answer.parts():
            now = time.monotonic()
            *lines, rest = (rest + part).split(b"\n")
            lines = [line for line in lines if line]  # an empty one only says that the connection is well
            self.experience.snapshots += len(lines)
            if lines:
                self.experience.arrivals.append(now)
            if is_first and lines:
                is_first = False
                self.experience.edits.append(now - edited)
            self._remember(lines)
            is_over = any(b'"end":"epochs"' in line for line in lines)  # of a run as long as one may be
            if now > until:
                if self._random.random() < DROPPED:
                    answer.drop()
                return
        if not is_over:
            self.experience.failures.append("train ended by itself")

    def _remember(self, lines: list[bytes]) -> None:
        """Keep the last checkpoint, from which an edited run goes on."""
        for line in reversed(lines):
            if b'"progress"' in line:
                checkpoint = json.loads(line)
                if checkpoint.get("end", "epochs") != "epochs":
                    self.experience.failures.append(f"train {checkpoint['end']}")
                self._document |= {"parameters": checkpoint["parameters"], "progress": checkpoint["progress"]}
                return

    async def _reload(self) -> None:
        while True:
            await asyncio.sleep(self._random.uniform(0, 2 * LOAD_EVERY))
            for path in PATHS:
                try:
                    async with request(self._port, "GET", path, **ENCODED) as answer:
                        await answer.body()
                        self.experience.requests += 1
                        if answer.status != 200:
                            self.experience.failures.append(f"{path} {answer.status}")
                except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                    self.experience.failures.append(f"{path} {type(error).__name__}")
