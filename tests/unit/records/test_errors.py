"""The error tree."""

import inspect
import pickle

import pytest

from tacit.records import errors

LEAVES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.TacitError) and kind.__init__ is not Exception.__init__
]
BRANCHES = {errors.InputError: 2, errors.RefusedError: 3, errors.DamageError: 4, errors.MachineError: 5}


def sample(name, annotation):
    known = {
        int: 7,
        float: 0.5,
        str: f"<{name}>",
        bool: True,
    }
    if annotation in known:
        return known[annotation]
    if "Fault]" in str(annotation):
        return [errors.Fault("file.toml", 3, "a fault.")]
    if "float" in str(annotation):
        return None
    return ["one", "two"]


def values_for(kind):
    parameters = list(inspect.signature(kind.__init__).parameters.values())[1:]
    return [sample(p.name, p.annotation) for p in parameters if p.default is p.empty]


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_every_error_belongs_to_one_branch_and_writes_a_whole_sentence(kind):
    assert sum(issubclass(kind, branch) for branch in BRANCHES) == 1
    assert kind.exit_code == next(code for branch, code in BRANCHES.items() if issubclass(kind, branch))
    sentence = str(kind(*values_for(kind)))
    assert sentence[0].isupper() or sentence[0] in '<1234567890"', sentence
    assert sentence.split("\n")[0][-1] in ".)>", sentence
    assert "  " not in sentence.replace("\n  ", "\n"), sentence
    assert kind.__doc__


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_every_error_travels_between_processes_unchanged(kind):
    error = kind(*values_for(kind))
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(back), str(back), vars(back)) == (kind, str(error), vars(error))
