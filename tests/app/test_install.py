"""The servers that tests of a cluster start: where one is missing, that is said; in CI it is a failure."""

import pytest
from _pytest.outcomes import Failed, Skipped

from tests.app import install
from tests.app.clusters import ROOT, program


@pytest.fixture(autouse=True)
def nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "SEARCH_PATH", "/nonexistent")


@pytest.mark.parametrize(("name", "package"), install.PACKAGES.items())
def test_on_a_developers_machine_its_tests_are_skipped_and_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch, name: str, package: str
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(Skipped, match=f"{name}: not here; install it .*apt-get install {package}"):
        program(name)


@pytest.mark.parametrize("name", install.PACKAGES)
def test_in_ci_they_fail(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Failed, match=f"{name}: not here"):
        program(name)


def test_ci_says_that_it_is_ci_and_make_test_installs_them() -> None:
    assert "\nexport CI=true" in (ROOT / ".ci" / "run").read_text()
    makefile = (ROOT / "Makefile").read_text()
    assert "\ntest: check browser servers\n" in makefile
    assert "\nservers: $(VENV)/.dev\n\t@$(BIN)/python -m tests.app.install\n" in makefile


def test_who_may_not_install_is_told_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    install.install()
    told = capsys.readouterr().out
    assert all(f"apt-get install {package}" in told for package in install.PACKAGES.values())
