"""Every command that opens a shop says what it does there, so that the table of roles can say yes or no."""

import ast
import inspect

import pytest
import typer.main

from tacit.cli import acting, options
from tacit.cli.app import app
from tacit.rights.roles import Kind, Role, Verb, may_some

DOORS = {"open_shop", "require_some"}


def commands(group, words=()):
    """Every command with its words."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


COMMANDS = dict(commands(typer.main.get_command(app)))
WITH_SHOP = sorted(name for name, one in COMMANDS.items() if any(option.name == "shop" for option in one.params))


def deeds(function, seen=frozenset()):
    """What a function asks the table for, itself or through another function of its module: verbs and kinds."""
    function = inspect.unwrap(function)
    module = inspect.getmodule(function)
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(function))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        target = getattr(module, node.func.id, None)
        if node.func.id in DOORS and target is getattr(options, node.func.id):
            found |= {ast.unparse(argument) for argument in node.args[1:3]}
        elif inspect.isfunction(target) and target.__module__ == module.__name__ and target not in seen:
            below = deeds(target, seen | {target})
            found |= below | ({ast.unparse(argument) for argument in node.args} if below else set())
    return {word for word in found if word.startswith(("Verb.", "Kind."))}


@pytest.mark.parametrize("name", WITH_SHOP)
def test_every_command_that_opens_a_shop_states_verb_and_kind(name):
    stated = deeds(COMMANDS[name].callback)
    verbs = {Verb[word.removeprefix("Verb.")] for word in stated if word.startswith("Verb.")}
    kinds = {Kind[word.removeprefix("Kind.")] for word in stated if word.startswith("Kind.")}
    assert verbs, name
    assert kinds, name
    assert all(may_some(Role.CURATOR, verb, kind) for verb in verbs for kind in kinds)


def test_every_command_with_a_shop_takes_a_role():
    assert [name for name in WITH_SHOP if not any("--as" in option.opts for option in COMMANDS[name].params)] == []


def test_only_the_door_opens_a_shop_for_a_command():
    """`tacit run` and `tacit demo` make shops of their own; the first asks the table itself."""
    openers = set()
    for name in COMMANDS:
        module = inspect.getmodule(inspect.unwrap(COMMANDS[name].callback))
        if "wiring import" in inspect.getsource(module) and "open_shop(" in inspect.getsource(module):
            imported = [line for line in inspect.getsource(module).splitlines() if "tacit.wiring import" in line]
            openers |= {module.__name__ for line in imported if "open_shop" in line}
    assert openers <= {"tacit.cli.run_folder", "tacit.cli.demo", "tacit.cli.demo_page"}


def test_role_of_one_command_is_not_the_role_of_the_next():
    with acting.acting("engineer"):
        assert acting.typed_role() == "engineer"
    assert acting.typed_role() == ""
