"""`tacit init | recover | check`: makes a shop, brings an old catalogue up to what was committed, looks at it all."""

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from tacit.cli.options import HERE, AsJson, ShopFolder, open_shop
from tacit.cli.show import TerminalProgress, say, say_json, warn_holds, warn_unreplaced
from tacit.records.errors import BadNameError
from tacit.rights.roles import Kind, Verb
from tacit.wiring import KeySource, create_shop, read_environment


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(init)
    app.command("recover")(recover)
    app.command("check")(check)


def init(
    folder: Annotated[Path, typer.Argument(help="New folder for the shop.")],
    fps: Annotated[int, typer.Option(min=1, max=120, help="Frames per second of everything made here.")] = 30,
    canvas: Annotated[str, typer.Option(help="Pixels of everything made here, WIDTHxHEIGHT.")] = "1280x720",
    key: Annotated[KeySource, typer.Option(help="Where the master key comes from.")] = KeySource.FILE,
) -> None:
    """Make a shop: a folder for consents, footage and books.

    Its keys are kept elsewhere, in TACIT_KEYS or the user's configuration folder.
    """
    found = re.fullmatch(r"([0-9]{2,4})x([0-9]{2,4})", canvas)
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if width < 64 or height < 64 or width % 2 or height % 2:
        raise BadNameError("canvas", canvas, "WIDTHxHEIGHT in even pixels from 64x64, such as 1280x720,")
    environment = read_environment(os.environ)
    opened = create_shop(folder, environment, fps, width, height, key)
    say(f"Made the shop {opened.shop.shop_id} in {folder}.")
    kept = environment.keys / opened.shop.shop_id
    if key is KeySource.FILE and environment.key_file is not None:
        say(f"Its master key is {environment.key_file}, and the workers' keys are in {kept}.")
        say("Keep both safe, and apart from backups of the shop.")
    elif key is KeySource.FILE:
        say(f"Its master key and the workers' keys are in {kept}: keep them safe, and apart from backups of the shop.")
    else:
        say(f"The workers' keys are in {kept}. The master key is the one you gave: without it, nothing opens.")
    say(f"Next: tacit agreement add FILE --shop {folder}")


def recover(shop: ShopFolder = HERE) -> None:
    """Bring an old catalogue up to what was processed.

    For the day on which an old backup of a shop was put back. Who was erased since stays erased, also from datasets.
    """
    from tacit.flows.recover import recover as register_committed
    from tacit.flows.withdraw_consent import finish_withdrawals

    opened = open_shop(shop, Verb.MAKE, Kind.SHOP)
    n_lacking = register_committed(opened.shop)
    warn_unreplaced(finish_withdrawals(opened.shop, opened.contract, TerminalProgress()))
    warn_holds(opened.shop)
    say(f"Registered {n_lacking} recordings that the catalogue lacked.")


def check(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """Look whether anything in the shop was changed behind its back.

    It opens every seal and checks every signature, hash and booking. Whatever is wrong is named; nothing is repaired.
    """
    from tacit.flows.check_shop import check_shop

    whole = check_shop(open_shop(shop, Verb.READ, Kind.SHOP).shop)
    if json:
        say_json(vars(whole))
        return
    say(
        f"All is as the shop wrote it: {whole.n_log_entries} log entries, {whole.n_workers} workers, "
        f"{whole.n_recordings} recordings, {whole.n_transactions} bookings, {whole.n_datasets} datasets."
    )
