"""`tacit view`: a recording in the Rerun viewer, or as a file for it."""

from pathlib import Path
from typing import Annotated

import typer

from tacit.cli.footage import RecordingId
from tacit.cli.options import HERE, TRAINING, ForPurpose, ShopFolder, open_shop
from tacit.cli.show import TerminalProgress, say
from tacit.rights.roles import Kind, Verb


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command("view")(view)


def view(
    recording: RecordingId,
    out: Annotated[
        Path | None, typer.Option(help="Write an .rrd file, in the clear, instead of opening the viewer.")
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Show one picture in so many; each takes about 100 kB.")] = 1,
    purpose: ForPurpose = TRAINING,
    shop: ShopFolder = HERE,
) -> None:
    """Play a clean recording with landmarks, gaps and covered boxes on one timeline.

    Needs the extra `view` (pip install "tacit[view]"). The viewer reports to nobody and takes calls from this machine
    only. It shows places in pixels, as `tacit anonymise mark` takes them.
    """
    from tacit.cli.viewer import open_viewer
    from tacit.flows.outside import require_outside
    from tacit.flows.view_recording import view_recording
    from tacit.pages.page_file import RERUN_MARKS, replace_page

    opened = open_shop(shop, Verb.READ, Kind.FOOTAGE, recording=recording)
    progress = TerminalProgress()
    if out is None:
        with open_viewer() as sink:
            view_recording(opened.shop, recording, purpose, every, sink, progress)
        return
    require_outside(opened.folder, opened.unlocked.keys, out)
    with replace_page(out, RERUN_MARKS) as sink:
        view_recording(opened.shop, recording, purpose, every, sink, progress)
    say(f"Wrote {out}. It holds the clean video in the clear; open it with: rerun {out}")
