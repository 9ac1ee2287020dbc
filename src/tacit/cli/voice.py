"""Options by which somebody vouches for a word: the worker's PIN or key file, or a steward who witnesses it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tacit.cli.options import read_pin, unlock_key
from tacit.records.errors import TwoVoicesError, UnheardWitnessError

if TYPE_CHECKING:
    from tacit.flows.evidence import Voice

VoiceKey = Annotated[
    Path | None, typer.Option("--key", help="Sign with this key file: the worker's, or the witness's.")
]
VoicePin = Annotated[
    bool, typer.Option("--pin-stdin", help="Read the PIN, of the worker or of the key file, from standard input.")
]
Witness = Annotated[str, typer.Option("--witness", help="Steward who witnesses the word, and signs for it with --key.")]


def read_voice(ask_pin: bool, pin_stdin: bool, key: Path | None, witness: str) -> "Voice":
    """Who vouches for a word, as typed; nobody where nothing was.

    Raises:
        TwoVoicesError: A PIN of the worker and a key file were both to be used.
        UnheardWitnessError: A witness was named, and no key file of theirs.
    """
    from tacit.flows.evidence import Voice

    if key is not None and ask_pin:
        raise TwoVoicesError
    if key is not None:
        return Voice(key=unlock_key(key, pin_stdin), witness=witness)
    if witness:
        raise UnheardWitnessError(witness)
    return Voice(pin=read_pin(ask_pin, pin_stdin))
