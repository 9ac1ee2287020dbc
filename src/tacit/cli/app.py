"""The `tacit` command: all commands joined, and the one door through which errors leave.

Every command lives in a file of its own room's name. Nothing heavy is imported before a command runs.
"""

import errno
import sys
from typing import NoReturn

import typer

from tacit.cli import (
    accuracy,
    agreement,
    anonymise,
    consent,
    dataset,
    demo,
    erasure,
    footage,
    grievance,
    key,
    leaving,
    licensing,
    lineage,
    log,
    models,
    notice,
    outbox,
    pay,
    release,
    run_folder,
    shop,
    steward,
    view,
    worker,
)
from tacit.cli.acting import take_roles
from tacit.cli.show import finish_saying
from tacit.records.errors import MachineError, TacitError
from tacit.records.oneline import escape_controls

app = typer.Typer(
    name="tacit",
    help="Turns hand work, filmed only with the worker's yes, into robot skills, and pays the worker.",
    epilog="Begin with: tacit demo --out demo, or: tacit run FOLDER --out DATASET",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
run_folder.attach(app)
demo.attach(app)
shop.attach(app)
agreement.attach(app)
key.attach(app)
steward.attach(app)
log.attach(app)
worker.attach(app)
notice.attach(app)
consent.attach(app)
grievance.attach(app)
leaving.attach(app)
erasure.attach(app)
footage.attach(app)
view.attach(app)
anonymise.attach(app)
release.attach(app)
dataset.attach(app)
licensing.attach(app)
outbox.attach(app)
pay.attach(app)
lineage.attach(app)
models.attach(app)
accuracy.attach(app)
take_roles(app)

_INTERRUPTED = 130


def run() -> NoReturn:
    """Run the command line and leave with its exit code; what went wrong is one plain sentence on standard error."""
    try:
        app()
    except SystemExit as leaving:  # Typer always ends so, also where all went well, and turns Ctrl-C into a silent 130
        if leaving.code == _INTERRUPTED:
            _leave_interrupted()
        finish_saying()
        raise
    except KeyboardInterrupt:
        _leave_interrupted()
    except TacitError as error:
        _leave(str(error), error.exit_code)
    except OSError as error:
        _leave(_sentence(error), MachineError.exit_code)
    except MemoryError:
        _leave("The machine is out of memory. Close something, or use --jobs 1.", MachineError.exit_code)
    sys.exit(0)


def _leave_interrupted() -> NoReturn:
    _leave("Stopped. What was finished is kept; the same command goes on from there.", _INTERRUPTED)


def _sentence(error: OSError) -> str:
    """What an error of the operating system means for whoever reads it."""
    # FFmpeg is handed its files with a prefix that keeps it from reading a name as an address.
    place = f" at {str(error.filename).removeprefix('file:')}" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"The disk is full{place}. Make room and run the same command again; what was finished is kept."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"There is no permission to do this{place} ({error.strerror}). Change the permissions or the folder."
    return f"The machine stands in the way{place}: {error.strerror or error}."


def _leave(sentence: str, code: int) -> NoReturn:
    plain = escape_controls(sentence, kept="\n")  # names of files and texts of others are quoted in it
    print(f"tacit: {plain}", file=sys.stderr)  # noqa: T201 - the door itself
    sys.exit(code)
