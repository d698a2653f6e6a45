"""Starting a model: its shape, its defaults, the same weights again."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from nets.datasets import DATASETS
from nets.initializers import INITIALIZERS
from nets.losses import LOSSES
from nets.model import Initial, Model, Progress, Training, create, dataset, new_weights
from nets.network import n_parameters, split
from nets.training import Budget, train_slice
from tests.nets.models import bits, spiral_model


@pytest.mark.parametrize("name", DATASETS)
def test_a_model_has_one_output_per_class_and_a_loss_for_its_task(name: str) -> None:
    model = create(dataset(name), hidden=[5, 4])
    assert [layer.width for layer in model.layers] == [5, 4, model.data.n_outputs]
    assert model.data.task in LOSSES[model.training.loss].tasks
    assert model.parameters.shape == (n_parameters(model.layers),)


def test_hidden_neurons_have_the_nonlinearity_asked_for_and_outputs_have_none() -> None:
    model = create(dataset("spiral", 3), hidden=[2, 1], activation="sin")
    assert [layer.activation for layer in model.layers] == [("sin", "sin"), ("sin",), ("identity",) * 3]


def test_a_model_without_hidden_layers_is_one_layer_of_outputs() -> None:
    assert [layer.width for layer in create(dataset("xor"), hidden=[]).layers] == [2]


@pytest.mark.parametrize(
    ("name", "classes"),
    [("spiral", 3), ("circles", 3), ("gaussians", 3), ("xor", 2), ("moons", 2), ("bumps", 0), ("saddle", 0)],
)
def test_a_data_set_has_as_near_to_three_classes_as_it_can_and_its_own_noise(name: str, classes: int) -> None:
    spec = dataset(name)
    assert spec.classes == classes
    assert spec.noise == DATASETS[name].noise


def test_noise_zero_is_not_the_default_noise() -> None:
    assert dataset("spiral", noise=0.0).noise == 0


@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_the_same_initial_gives_the_same_weights_again(initializer: str) -> None:
    initial = Initial(initializer, seed=7)
    model = create(dataset("spiral"), initial=initial)
    trained = train_slice(model, Budget(steps=3)).model
    assert bits(new_weights(trained, initial)) == bits(model)


@pytest.mark.parametrize("gain", [0.01, 1.0, 1 / 3, 10.0])
@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_a_gain_multiplies_the_weights(initializer: str, gain: float) -> None:
    plain, model = (create(dataset("xor"), initial=Initial(initializer, 7, factor)) for factor in (1.0, gain))
    assert model.parameters.tobytes() == (gain * plain.parameters).tobytes()


def biases_of(model: Model) -> np.ndarray:
    return np.concatenate([biases for _, biases in split(model.layers, model.parameters)])


@pytest.mark.parametrize("gain", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("bias", [0.01, 0.5, 10.0])
@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_the_weights_are_the_same_whatever_the_biases_are(initializer: str, bias: float, gain: float) -> None:
    plain, model = (create(dataset("xor"), initial=Initial(initializer, 7, gain, each)) for each in (0.0, bias))
    pairs = zip(split(plain.layers, plain.parameters), split(model.layers, model.parameters), strict=True)
    for (plain_weights, plain_biases), (weights, biases) in pairs:
        assert weights.tobytes() == plain_weights.tobytes()
        assert not np.any(plain_biases)
        assert np.all(biases)


@pytest.mark.parametrize("bias", [0.01, 0.5, 10.0])
def test_biases_fill_the_interval_from_minus_to_plus_bias(bias: float) -> None:
    """2,200 numbers: their variance is within 5 % of bias² / 3, that of U(−bias, bias)."""
    models = [create(dataset("xor"), hidden=[32] * 7, initial=Initial(seed=seed, bias=bias)) for seed in range(10)]
    biases = np.concatenate([biases_of(model) for model in models])
    assert -bias <= biases.min() < -0.99 * bias
    assert 0.99 * bias < biases.max() <= bias
    assert biases.var() == pytest.approx(bias**2 / 3, rel=0.05)
    assert abs(biases.mean()) < 3 * bias / np.sqrt(3 * biases.size)


def test_a_gain_leaves_the_biases() -> None:
    models = [create(dataset("xor"), initial=Initial("he", 7, gain, 0.5)) for gain in (0.1, 1.0, 10.0)]
    assert len({biases_of(model).tobytes() for model in models}) == 1


def test_the_same_initial_gives_the_same_biases_again() -> None:
    initial = Initial("orthogonal", 7, 2.0, 0.5)
    model = create(dataset("spiral"), initial=initial)
    assert bits(new_weights(train_slice(model, Budget(steps=3)).model, initial)) == bits(model)


def test_another_seed_gives_other_weights() -> None:
    model = create(dataset("spiral"), initial=Initial(seed=1))
    again = new_weights(model, Initial(seed=2))
    for (before, _), (after, _) in zip(
        split(model.layers, model.parameters), split(again.layers, again.parameters), strict=True
    ):
        assert not np.any(before == after)


def test_new_weights_take_training_back_to_its_start_and_leave_the_rest() -> None:
    trained = train_slice(spiral_model(optimizer="momentum"), Budget(steps=6)).model
    assert trained.progress.state.size
    again = new_weights(trained, Initial("he", 3))
    assert (again.progress.epoch, again.progress.batch, again.progress.state.size) == (0, 0, 0)
    assert again.initial == Initial("he", 3)
    kept = replace(again, parameters=trained.parameters, progress=trained.progress, initial=trained.initial)
    assert bits(kept) == bits(trained)


def test_a_training_that_is_given_is_used() -> None:
    training = Training(loss="mean_squared_error", optimizer="sgd", l2=0.1)
    assert create(dataset("spiral"), training=training).training == training


@pytest.mark.parametrize("part", [spiral_model(), Training(), Initial(), Progress(), dataset("xor")])
def test_a_model_and_its_parts_cannot_be_changed(part: object) -> None:
    field = next(iter(vars(part)))
    with pytest.raises(FrozenInstanceError):
        setattr(part, field, None)
