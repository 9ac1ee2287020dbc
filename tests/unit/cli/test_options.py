"""A PIN that was asked for and not given is a fault: what was to be signed never becomes a declaration (R11)."""

import pytest
import typer
from typer.testing import CliRunner

from tacit.cli.options import AskPin, PinStdin, read_pin
from tacit.records.errors import MissingPinError


def sign(typed, *options):
    """Read a PIN as a command does, with what was typed on standard input or at the prompt."""
    app = typer.Typer()

    @app.command()
    def command(pin: AskPin = False, pin_stdin: PinStdin = False):
        typer.echo(f"<{read_pin(pin, pin_stdin)}>")

    return CliRunner().invoke(app, options, input=typed)


@pytest.mark.parametrize(
    ("option", "typed"), [("--pin", "\n"), ("--pin-stdin", "\n"), ("--pin-stdin", "\r\n"), ("--pin-stdin", "")]
)
def test_empty_pin_is_refused_and_never_read_as_no_pin(option, typed):
    done = sign(typed, option)
    assert isinstance(done.exception, MissingPinError)
    assert "<>" not in done.output


@pytest.mark.parametrize("option", ["--pin", "--pin-stdin"])
@pytest.mark.parametrize("typed", ["47 11\n", "47 11\r\n", "47 11"])
def test_pin_is_the_line_without_its_end(option, typed):
    assert "<47 11>" in sign(typed, option).output


def test_pin_that_nobody_asked_for_is_not_read():
    assert sign("4711\n").output == "<>\n"
