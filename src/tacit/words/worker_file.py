"""The page that lies in a worker's own file and says what the rest is; in English, for it is about formats."""

from tacit.words.layout import wrap

_TITLE = "EVERYTHING THAT THIS SHOP HOLDS ABOUT YOU"
_FILES: tuple[tuple[str, str], ...] = (
    ("profile.json", "Your name, label, language, account, and the public half of the key that you sign with."),
    ("consents.json, consents.jsonld", "What you said yes to: as the shop keeps it, and as consent records of ISO/IEC "
     "TS 27560 in JSON-LD. receipt.json is the same, signed by the shop."),
    ("notices", "The notices that you read before you said yes, one per consent."),
    ("withdrawals.json", "What you took back, and when."),
    ("releases.json, standing-releases.json", "What you let leave, recording by recording, and once for all."),
    ("cuts.json, marks.json", "What you had erased from recordings, and what you had covered in them."),
    ("grievances.json", "Your complaints and the answers."),
    ("recordings.csv", "Every recording of you: task, station, when it began (UTC), where the file was that it came "
     "from, since when you could look at it, and in which folder its footage is here."),
    ("outcomes.json", "What processing found in each: frames, share of frames with hands, seconds accepted and paid, "
     "in milliseconds where a name ends in _ms."),
    ("recordings/…/film.mp4", "The film with faces covered and your cuts erased."),
    ("recordings/…/track.parquet", "Where your hands were, one row per frame. left and right are your own hands. "
     "Landmarks 0 to 20: wrist, then thumb, index, middle, ring and little finger from root to tip. u_px to the right "
     "and v_px down in pixels of the film; x_m to the right, y_m down, z_m away from the camera, in metres. seen: 1 "
     "seen, 0.5 filled in over a short gap, 0 not seen; then the places are empty. sigma_m: how far off the wrist may "
     "be, in metres. n_hands: hands of anybody in the frame. time_s: seconds from the beginning."),
    ("recordings/…/covered.parquet", "What was covered: frame, and box from its upper left, in pixels."),
    ("lineage.json", "What was made with your footage: datasets, licences, payments; edges say what rests on what."),
    ("shares.json", "Your part in every dataset version, signed by the shop: own_parts of all_parts. Of what a "
     "licensee pays, the pool of the agreement is shared out by these parts; see statement.html for each amount. "
     "accepted_ms lists the milliseconds of your episodes that own_parts is the sum of."),
    ("statement.html, statement.json", "What you earned and why, to read, and for a program."),
    ("ledger.csv", "Every line on your account, in minor units of its currency (100 paise are 1 rupee). The shop owes "
     "you what is negative."),
    ("log", "What was decided about you or your recordings (entries.json). Each entry has a proof that it is in the "
     "shop's log; checkpoint.txt is what the shop signed."),
    ("certificates.json, hold.json", "What became of it if you left: certificates, what is sealed until when, and who "
     "opened it."),
)  # fmt: skip


def worker_file_readme(account: str, shop_key: str, erased: bool) -> str:
    """Write it.

    Args:
        account: The worker's opaque id. shop_key: public key (hex) of the shop.
        erased: True where the shop holds only what stays after an erasure.
    """
    lines = [_TITLE, "", f"Account: {account}", ""]
    if erased:
        lines += [
            *wrap("You left. What is not listed here was destroyed, or is sealed until the day in hold.json."),
            "",
        ]
    lines += [*wrap("The film and the tracks are in the clear: whoever has this folder can watch them."), ""]
    for name, meaning in _FILES:
        lines += [name, *(f"    {line}" for line in wrap(meaning)), ""]
    check = (
        "To check it without the shop: install tacit somewhere, and give tacit-verify receipt.json, shares.json or a "
        "file of the folder log, with the shop's public key. The shop has to tell you its key by another way; it says "
        "that it is:"
    )
    return "\n".join([*lines, *wrap(check), shop_key, ""])
