from dataclasses import replace

import pytest

from algesia.engine import Program


@pytest.fixture
def decay() -> Program:
    return Program(states=("amount",), parameters=("rate",), derivatives=("-rate * amount",))


def test_equal_programs_have_equal_hashes_and_any_change_changes_the_hash(decay):
    assert decay.hash == replace(decay).hash
    others = [
        replace(decay, stepper="dopri5"),
        replace(decay, derivatives=("-rate*amount",)),
        replace(decay, parameters=("rate", "other")),
        replace(decay, outputs=(("amount", "amount"),)),
        replace(decay, definitions=(("x", "rate"),)),
    ]
    assert len({decay.hash, *(other.hash for other in others)}) == 6


def test_time_is_noticed_wherever_it_is_used(decay):
    assert not decay.uses_time
    assert replace(decay, derivatives=("-rate * amount * time",)).uses_time
    assert replace(decay, outputs=(("age", "time"),)).uses_time


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stepper": "euler"}, "stepper is 'euler'"),
        ({"states": ()}, "states is empty"),
        ({"derivatives": ()}, "derivatives has 0 expressions"),
        ({"parameters": ("rate", "rate")}, "'rate' is given twice"),
        ({"parameters": ("rate", "time")}, "'time', which is reserved"),
        ({"parameters": ("rate", "hill")}, "'hill', which is reserved"),
        ({"parameters": ("rate", "two words")}, "a name is 'two words'"),
        ({"parameters": ("rate", "lambda")}, "a name is 'lambda'"),
        ({"derivatives": ("-speed * amount",)}, "derivative of amount uses 'speed'"),
        ({"definitions": (("a", "b"), ("b", "rate"))}, "definition a uses 'b'"),
        ({"outputs": (("x", "speed"),)}, "output x uses 'speed'"),
    ],
)
def test_a_program_that_does_not_fit_together_is_refused(decay, change, message):
    with pytest.raises(ValueError, match=message):
        replace(decay, **change)
