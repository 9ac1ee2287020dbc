"""The command `tacit-verify`: one or more files and the public keys to check them with."""

import argparse
import os
import sys
from pathlib import Path

from tacit_verify import NotProvenError, check, read_key


def main() -> int:
    """Check files; 0 where all of them prove what they say, 1 where one does not, 2 where one cannot be read."""
    parser = argparse.ArgumentParser(
        prog="tacit-verify",
        description="Checks checkpoints, proofs and signed documents of tacit without the shop.",
        epilog="Get the keys from somebody you trust, not from the file: tacit log key shows them.",
    )
    parser.add_argument("file", nargs="+", type=Path, help="what was handed out")
    parser.add_argument("--key", required=True, help="public key of the shop, or of whoever signed")
    parser.add_argument("--steward", action="append", default=[], help="key that has to stand under the checkpoint too")
    parser.add_argument("--subject", default="", help="what an entry has to be about, as the log names it")
    given = parser.parse_args()
    worst = 0
    for path in given.file:
        try:
            stewards = [read_key(text) for text in given.steward]
            said = check(path.read_bytes(), read_key(given.key), stewards, given.subject)
        except NotProvenError as error:
            worst = max(worst, 1)
            print(f"{path}: NOT PROVEN. {error}", file=sys.stderr)  # noqa: T201 - the answer
        except OSError as error:
            worst = 2
            print(f"{path} cannot be read: {error.strerror}.", file=sys.stderr)  # noqa: T201 - the answer
        else:
            _say("\n  ".join([f"{path}: proven.", *(_plain(line) for line in said)]))
    return worst


def _say(text: str) -> None:
    """Print; where nobody reads any more, the rest goes nowhere and the checks go on."""
    try:
        print(text, flush=True)  # noqa: T201 - the answer
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _plain(text: str) -> str:
    """Nothing in a text from a file may drive a terminal."""
    return "".join(sign if sign == "\n" or sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)


if __name__ == "__main__":
    sys.exit(main())
