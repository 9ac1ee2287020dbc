"""Options that many commands share."""

import os
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tacit.cli.acting import typed_role
from tacit.records.errors import BadNameError, MissingPinError, UnknownPurposesError
from tacit.records.purposes import Purpose
from tacit.rights.roles import Kind, Role, Verb, may_some, read_role, refuse

if TYPE_CHECKING:
    from tacit.seal.keyfile import OpenKey
    from tacit.wiring import Environment, OpenShop

ShopFolder = Annotated[Path, typer.Option("--shop", help="Folder of the shop.", show_default="this folder")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON object on standard output.")]
PinStdin = Annotated[bool, typer.Option("--pin-stdin", help="Read the worker's PIN from standard input.")]
AskPin = Annotated[bool, typer.Option("--pin", help="Ask the worker for their PIN and sign with it.")]
ForPurpose = Annotated[Purpose, typer.Option("--purpose", help="What the footage is to be used for.")]
KeyPath = Annotated[Path, typer.Option("--key", help="Key file to sign with.")]
KeyPin = Annotated[bool, typer.Option("--pin-stdin", help="Read the PIN of the key file from standard input.")]
HERE = Path()
TRAINING = Purpose.TRAIN_ROBOT_SKILL


def open_shop(folder: Path, verb: Verb, kind: Kind, listed: bool = False, **named: str) -> "OpenShop":
    """Open the shop that a command was pointed at, as whom somebody acts.

    Args:
        folder: Of the shop.
        verb, kind: What the command does, with a thing of which kind.
        listed: The command shows, of such things, only those that its user may see.
        named: What was named: `worker`, `recording`, `agreement` or `license`.

    Raises:
        RefusedError: The role may not do that.
    """
    from tacit import wiring
    from tacit.flows.act_as import About, find_actor, require_deed

    environment = wiring.read_environment(os.environ)
    role, name = require_some(environment, verb, kind)
    opened = wiring.open_shop(folder, environment)
    actor = find_actor(opened.shop, role, name)
    if not listed:
        require_deed(opened.shop, actor, verb, kind, About(**named))
    return replace(opened, actor=actor)


def require_some(environment: "Environment", verb: Verb, kind: Kind) -> tuple[Role, str]:
    """Whom somebody acts as, where that role may do such a thing at all; told before anything is opened.

    Raises:
        RefusedError: It may not.
    """
    role, name = read_role(typed_role() or environment.role or Role.CURATOR)
    if not may_some(role, verb, kind):
        raise refuse(role, verb, kind)
    return role, name


def read_pin(ask: bool, from_stdin: bool, confirm: bool = False, prompt: str = "PIN of the worker") -> str:
    """A worker's PIN, asked for unseen or read from a line of standard input; "" where neither is wanted.

    Raises:
        MissingPinError: The line was empty; what was to be signed must not become a mere declaration.
    """
    if not (ask or from_stdin):
        return ""
    if from_stdin:
        pin = sys.stdin.readline().rstrip("\r\n")  # not Typer's stream: each one of those swallows the lines after
    else:
        pin = typer.prompt(
            prompt, default="", show_default=False, hide_input=True, confirmation_prompt=confirm, err=True
        )
    if not pin:
        raise MissingPinError
    return pin


def unlock_key(path: Path, pin_stdin: bool) -> "OpenKey":
    """Open a key file with its PIN, asked for unseen or read from a line of standard input."""
    from tacit.flows.key_files import load_key_file
    from tacit.seal.keyfile import unlock_key_file

    key_file = load_key_file(path)
    return unlock_key_file(key_file, read_pin(True, pin_stdin, prompt="PIN of the key file"))


def read_purposes(words: list[str]) -> frozenset[Purpose]:
    """Purposes as typed.

    Raises:
        UnknownPurposesError: Some are not of the closed list (R2); all of them are named at once.
    """
    known = [purpose.value for purpose in Purpose]
    unknown = [word for word in dict.fromkeys(words) if word not in known]
    if unknown:
        raise UnknownPurposesError(unknown, known)
    return frozenset(Purpose(word) for word in words)


def read_moment(text: str) -> datetime:
    """A date and time with its offset, as typed.

    Raises:
        BadNameError: It is not one.
    """
    expected = "a date and time with its offset, such as 2026-01-31T08:30:00+05:30"
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise BadNameError("moment", text, expected)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:  # OverflowError: in UTC it is before the year 1 or after 9999
        raise BadNameError("moment", text, expected) from error


def read_day(text: str) -> date:
    """A date, as typed.

    Raises:
        BadNameError: It is not one.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadNameError("day", text, "a date such as 2026-01-31") from error
