"""The compiled engine takes the steps of the reference: every row of every table, every disturbance, every shape."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nets import kernel_functions, kernel_losses, kernel_optimizers
from nets.activations import ACTIVATIONS
from nets.batches import batches_of_data, epoch_of
from nets.compiled_descent import CompiledDescent
from nets.descent import Descent
from nets.engine import ENGINES, MOST_WORK, steps_of
from nets.inputs import Inputs
from nets.losses import LOSSES
from nets.model import Model, create, dataset
from nets.network import Layer, Layers, is_weight, uniform_layers
from nets.optimizers import HYPERPARAMETERS, OPTIMIZERS
from nets.training import Budget, train_slice
from tests.nets.models import MARKED, MIXED, bits, model_of, spiral_model

FIRST_ORDER = [name for name, row in OPTIMIZERS.items() if not row.is_full_batch]

XOR = dataset("xor", n=48, test=1 / 6)  # 40 points to train on: batches of 12, 12, 12 and 4


def assert_takes_the_same_steps(model: Model, first: int = 0, count: int = 4, steps: int = 1) -> None:
    """``steps`` times ``count`` batches from number ``first`` on, each beginning where the reference is."""
    train, _ = batches_of_data(model)
    with np.errstate(all="ignore"):
        for number in range(steps):
            epoch = epoch_of(model, train, number)
            reference, compiled = Descent(model), CompiledDescent(model)
            assert reference.take(epoch, first, count) == compiled.take(epoch, first, count) == count
            assert not np.array_equal(reference.parameters, model.parameters)
            np.testing.assert_allclose(compiled.parameters, reference.parameters, rtol=1e-12, atol=1e-12)
            np.testing.assert_allclose(compiled.state, reference.state, rtol=1e-12, atol=1e-12)
            progress = replace(model.progress, state=reference.state)
            model = replace(model, parameters=reference.parameters, progress=progress)


def positive(model: Model) -> Model:
    """The model with biases that keep the arguments of log and sqrt above 0."""
    parameters = 0.3 * np.abs(model.parameters) + 2 * (is_weight(model.layers) == 0)
    return replace(model, parameters=parameters, inputs=Inputs(centre=(-2.0, -2.0)))


def test_the_kernels_rows_are_those_of_the_tables() -> None:
    assert tuple(ACTIVATIONS) == kernel_functions.NAMES
    assert tuple(LOSSES) == kernel_losses.NAMES
    assert list(kernel_optimizers.NAMES) == FIRST_ORDER
    assert tuple(HYPERPARAMETERS) == kernel_optimizers.NUMBERS


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_and_slopes_are_those_of_the_reference_even_far_out(name: str) -> None:
    row, number = ACTIVATIONS[name], kernel_functions.NAMES.index(name)
    far = [0.0, 1e-300, 1e-9, 0.17, 0.35, 1.0, 5.0, 19.0, 30.0, 300.0, 600.0, 1e6]
    z = np.array([*far, *(-at for at in far), np.nan, np.inf, -np.inf, -0.0])
    with np.errstate(all="ignore"):
        a, slope = row.value(z), row.slope(z, row.value(z))
        found, found_slope = np.empty_like(z), np.ones_like(z)
        kernel_functions.write_value(number, z, found)
        kernel_functions.multiply_by_slope(number, z, found, found_slope)
    np.testing.assert_allclose(found, a, rtol=1e-12, atol=1e-300)
    is_finite = np.isfinite(z)
    np.testing.assert_allclose(found_slope[is_finite], slope[is_finite], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_steps_through_every_nonlinearity_and_with_it_before_the_weights(name: str) -> None:
    layers = (Layer(3, (name,) * 3), Layer(3, ("tanh",) * 3, pre=name, skip=True), Layer(2, ("identity",) * 2))
    assert_takes_the_same_steps(positive(model_of(layers, XOR, batch_size=12, learning_rate=1e-3)))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", FIRST_ORDER)
def test_steps_with_every_loss_and_every_optimiser(optimizer: str, loss: str) -> None:
    settings: dict[str, Any] = {"loss": loss, "optimizer": optimizer, "batch_size": 12}
    assert_takes_the_same_steps(model_of(MIXED, XOR, **settings), steps=2)
    own = {entry.name: 0.5 * entry.default for entry in OPTIMIZERS[optimizer].hyperparameters}
    assert_takes_the_same_steps(model_of(MIXED, XOR, **settings, hyperparameters=own))


DISTURBED: dict[str, dict[str, Any]] = {
    "penalties": {"l1": 0.1, "l2": 0.3},
    "weight noise": {"weight_noise": 0.2},
    "input noise": {"input_noise": 0.2},
    "ordinary dropout": {"dropout": 0.4},
    "variational dropout": {"dropout": 0.4, "dropout_kind": "variational"},
    "everything": {"l1": 0.1, "weight_noise": 0.1, "input_noise": 0.1, "dropout": 0.2},
    "a falling learning rate": {"schedule": "exponential", "schedule_epochs": 1},
}


@pytest.mark.parametrize("settings", DISTURBED.values(), ids=DISTURBED)
@pytest.mark.parametrize("layers", [MIXED, MARKED], ids=["mixed", "frozen and switched off"])
def test_steps_with_every_regulariser_and_schedule(layers: Layers, settings: dict[str, Any]) -> None:
    assert_takes_the_same_steps(model_of(layers, XOR, batch_size=12, **settings), steps=2)


@pytest.mark.parametrize(("first", "count"), [(0, 1), (1, 2), (3, 1), (2, 2)])
def test_steps_from_the_middle_of_an_epoch_and_to_its_smaller_last_batch(first: int, count: int) -> None:
    assert_takes_the_same_steps(model_of(MIXED, XOR, batch_size=12, dropout=0.3), first, count)


@pytest.mark.parametrize("batch_size", [1, 39, 40, 4000])
def test_steps_with_batches_of_one_point_and_of_all_of_them(batch_size: int) -> None:
    assert_takes_the_same_steps(model_of(MIXED, XOR, batch_size=batch_size), count=1)


@pytest.mark.parametrize("hidden", [[], [1], [32] * 7], ids=["none", "one neuron", "the largest"])
def test_steps_of_networks_without_hidden_layers_and_of_the_largest(hidden: list[int]) -> None:
    assert_takes_the_same_steps(create(dataset("saddle", n=60), hidden), count=1)


def test_a_neuron_that_is_switched_off_has_no_slope_however_steep_what_follows_is() -> None:
    """The square root is infinitely steep at 0, where a switched off neuron is."""
    layers = (Layer(3, ("exp",) * 3, off=(1,)), Layer(2, ("identity",) * 2, pre="sqrt"))
    assert_takes_the_same_steps(model_of(layers, XOR, batch_size=12))


@pytest.mark.parametrize("kind", ["ordinary", "variational"])
def test_a_neuron_that_is_dropped_has_no_slope_however_steep_what_follows_is(kind: str) -> None:
    layers = (Layer(3, ("exp",) * 3), Layer(2, ("identity",) * 2, pre="sqrt"))
    assert_takes_the_same_steps(model_of(layers, XOR, batch_size=12, dropout=0.4, dropout_kind=kind))


@pytest.mark.parametrize("name", [name for name, row in ACTIVATIONS.items() if row.value(np.zeros(1)) == 0])
def test_either_engine_stops_where_a_slope_is_infinite(name: str) -> None:
    """0 before a square root, whose slope there is +∞: even times 0 that is no number."""
    layers = (Layer(2, (name,) * 2), Layer(2, ("identity",) * 2, pre="sqrt"))
    model = model_of(layers, XOR)
    model = replace(model, parameters=np.where(np.arange(model.parameters.size) < 6, 0.0, model.parameters))
    epoch = epoch_of(model, batches_of_data(model)[0], 0)
    with np.errstate(all="ignore"):
        assert [steps(model).take(epoch, 0, 1) for steps in (Descent, CompiledDescent)] == [0, 0]


def test_a_step_whose_numbers_are_not_finite_changes_nothing_and_ends_the_run_as_in_the_reference() -> None:
    model = model_of(uniform_layers([1], "identity"), dataset("saddle"), loss="mean_squared_error", optimizer="sgd")
    model = replace(model, training=replace(model.training, learning_rate=1000.0))
    reference, compiled = (train_slice(model, Budget(epochs=1000), engine) for engine in ("numpy", "compiled"))
    assert compiled.ending == reference.ending
    assert compiled.model.progress.epoch == reference.model.progress.epoch
    assert compiled.model.progress.batch == reference.model.progress.batch
    np.testing.assert_allclose(compiled.model.parameters, reference.model.parameters, rtol=1e-9)


@pytest.mark.parametrize("steps", [1, 7, 50])
def test_a_compiled_run_can_be_cut_anywhere(steps: int) -> None:
    model = spiral_model(dropout=0.3, weight_noise=0.05, input_noise=0.1)
    whole = train_slice(model, Budget(steps=350), "compiled").model
    for _ in range(350 // steps):
        model = train_slice(model, Budget(steps=steps), "compiled").model
    assert bits(model) == bits(whole)


def test_a_thousand_epochs_learn_as_much_in_either_engine() -> None:
    results = [train_slice(spiral_model(), Budget(epochs=1000, snapshots=0), engine).model for engine in ENGINES]
    np.testing.assert_allclose(results[0].parameters, results[1].parameters, rtol=1e-6)


def test_what_is_compiled_is_kept_apart_from_what_other_sources_gave(tmp_path: Path) -> None:
    """numba would go on with an old kernel where only a file beside it has changed."""
    nets = tmp_path / "nets"
    shutil.copytree(Path(kernel_functions.__file__).parent, nets, ignore=shutil.ignore_patterns("__pycache__"))
    told = [where_kept(tmp_path)]
    with (nets / "kernel_losses.py").open("a") as file:
        file.write("# another word\n")
    told += [where_kept(tmp_path), where_kept(tmp_path)]
    assert told[0] != told[1] == told[2]


def where_kept(directory: Path) -> str:
    code = "from numba import config; import nets.kernel_functions; print(config.CACHE_DIR)"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=directory, capture_output=True, text=True, check=True
    ).stdout


# Which engine is taken.


def test_small_networks_with_small_batches_are_compiled_and_others_left_to_numpy() -> None:
    assert isinstance(steps_of(spiral_model()), CompiledDescent)
    large = create(dataset("spiral", n=4000), [8, 8, 8, 8])
    all_points = replace(large, training=replace(large.training, batch_size=4000))
    assert large.parameters.size * 3000 > MOST_WORK
    assert isinstance(steps_of(all_points), Descent)


def test_where_nothing_is_compiled_numpy_takes_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENGINES, "compiled", ENGINES["compiled"]._replace(is_available=lambda: False))
    assert isinstance(steps_of(spiral_model()), Descent)
    with pytest.raises(ValueError, match=r"'compiled' needs what requirements-fast\.txt lists"):
        steps_of(spiral_model(), "compiled")


def test_an_engine_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValueError, match="unknown engine 'turbo'; choose from compiled, numpy"):
        train_slice(spiral_model(), Budget(steps=1), "turbo")
