"""The option `--as` of every command that opens a shop: whom somebody acts as."""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any

import typer

from tacit.records.errors import BadNameError

ActingAs = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="ROLE[:ID]",
        help="Whom you act as, such as worker:asha or engineer; see docs/roles.md.",
        show_default="curator",
    ),
]

# A command hands on its own arguments only; this carries the option past them, for the one command that runs.
_typed: ContextVar[str] = ContextVar("typed", default="")


@contextmanager
def acting(text: str) -> Iterator[None]:
    """Act as somebody, ROLE or ROLE:ID, for a while; "" leaves it to the environment."""
    token = _typed.set(text)
    try:
        yield
    finally:
        _typed.reset(token)


def typed_role() -> str:
    """What was typed after `--as`; "" where nothing was."""
    return _typed.get()


def take_roles(app: typer.Typer) -> None:
    """Give `--as` to every command of an app, and of its groups, that has the option `--shop`."""
    for command in app.registered_commands:
        if command.callback is not None and "shop" in inspect.signature(command.callback).parameters:
            command.callback = _with_role(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            take_roles(group.typer_instance)


def _with_role(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same command with one option more, told to Typer by its signature."""

    @functools.wraps(command)
    def run(*arguments: Any, acting_as: str | None = None, **named: Any) -> Any:
        if acting_as == "":  # a variable that is not set must not give every right
            raise BadNameError("role", "", "ROLE or ROLE:ID, such as worker:asha or engineer,")
        with acting(acting_as or ""):
            return command(*arguments, **named)

    whole = inspect.signature(command)
    option = inspect.Parameter("acting_as", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=ActingAs)
    run.__signature__ = whole.replace(parameters=[*whole.parameters.values(), option])  # type: ignore[attr-defined]
    run.__annotations__ = {**command.__annotations__, "acting_as": ActingAs}
    return run
