"""Datasets whose videos carry C2PA manifests: whole by every check, the same by digest, and signed anew when asked."""

import io
import json
from dataclasses import replace

import av
import pytest
from lerobot_doctor.dataset_loader import load_local
from lerobot_doctor.runner import run_checks

from tacit.datasets.check import check_dataset
from tacit.datasets.reader import read_dataset
from tacit.flows.build_dataset import Order, build_dataset
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.errors import UnsignedVideoError
from tacit.seal.c2pa import load_signer

from .conftest import AGREEMENT_ID, TRAINING

c2pa = pytest.importorskip("c2pa", reason="c2pa-python, the extra `c2pa`, is not installed")


@pytest.fixture
def signer(identity):
    return load_signer(identity.chain_pem, identity.key_pem)


def build(bench, signer, target=None):
    order = Order(AGREEMENT_ID, TRAINING, None, target or bench.dataset, signer=signer)
    return build_dataset(bench.shop, bench.contract, order, bench.progress)


def videos(folder):
    return sorted(folder.rglob("*.mp4"))


def mark(folder):
    return json.loads((folder / "meta" / "tacit.json").read_text(encoding="utf-8"))


def read(video, identity):
    """What C2PA's own reader says of a video: its state, and the lineage in it."""
    settings = {"verify": {"remote_manifest_fetch": False}, "trust": {"user_anchors": identity.root_pem.decode()}}
    with (
        c2pa.Context.from_dict(settings) as context,
        video.open("rb") as file,
        c2pa.Reader("video/mp4", file, context=context) as reader,
    ):
        said = {assertion["label"]: assertion["data"] for assertion in reader.get_active_manifest()["assertions"]}
        return reader.get_validation_state(), said["tacit.lineage"]


def copy_without_encoding(video):
    """What `ffmpeg -c copy` makes of a video, in its place."""
    sink = io.BytesIO()
    with av.open(str(video)) as source, av.open(sink, "w", format="mp4") as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                container.mux(packet)
    video.write_bytes(sink.getvalue())


def test_every_video_is_signed_and_says_which_recording_of_the_dataset_it_is_of(bench, identity, signer):
    bench.fill("asha", "meena")
    build(bench, signer)
    rows = read_dataset(bench.dataset).episodes
    assert len(videos(bench.dataset)) == 2
    for video, row in zip(videos(bench.dataset), rows, strict=True):
        lineage = {"agreement": AGREEMENT_ID, "purpose": str(TRAINING), "recording": row["recording"]}
        assert read(video, identity) == ("Trusted", lineage)


def test_signed_dataset_is_whole_for_us_and_for_lerobot_and_has_the_digest_of_the_plain_one(bench, signer):
    bench.fill("asha")
    plain = bench.catalogue.dataset_versions()[0]
    built = build(bench, signer, bench.folder / "signed")
    assert check_dataset(bench.folder / "signed") == []
    assert built.version.digest == plain.digest
    counts = [run_checks(load_local(folder)).summary_counts for folder in (bench.dataset, bench.folder / "signed")]
    assert counts[0] == counts[1]
    assert counts[1]["FAIL"] == 0


def test_signed_dataset_tells_no_more_of_people_than_the_plain_one(bench, identity, signer):
    recordings = bench.fill("asha")
    build(bench, signer)
    consent = bench.catalogue.consents(bench.uid("asha"))[0]
    key_lines = [line.decode() for line in identity.key_pem.splitlines() if not line.startswith(b"---")]
    words = [bench.uid("asha"), recordings["asha"].recording_id, consent.consent_id, "asha", *key_lines]
    every = b"".join(path.read_bytes() for path in bench.dataset.rglob("*") if path.is_file())
    assert not [word for word in words if word.encode() in every]
    order = Order(AGREEMENT_ID, TRAINING, None, bench.dataset, signer=signer)
    assert not [word for word in words if word in repr(order)]
    assert {path.suffix for path in (bench.dataset / "videos").rglob("*") if path.is_file()} == {".mp4"}


def test_same_again_is_not_signed_again(bench, signer):
    bench.fill("asha")
    build(bench, signer)
    before = {path: path.read_bytes() for path in bench.dataset.rglob("*") if path.is_file()}
    version = build(bench, signer).version
    assert version == bench.catalogue.dataset_versions()[-1]
    assert {path: path.read_bytes() for path in bench.dataset.rglob("*") if path.is_file()} == before


def test_signing_or_not_and_another_certificate_are_new_versions_of_the_same_content(bench, make_identity, signer):
    bench.fill("asha")
    other = make_identity()
    renewed = load_signer(other.chain_pem, other.key_pem)
    certificates = [mark(bench.dataset)["c2pa_certificate"]]
    for asked in (signer, renewed, None):
        build(bench, asked)
        certificates.append(mark(bench.dataset)["c2pa_certificate"])
        assert check_dataset(bench.dataset) == []
    assert certificates == [None, signer.fingerprint, renewed.fingerprint, None]
    versions = bench.catalogue.dataset_versions()
    assert [version.version for version in versions] == [1, 2, 3, 4]
    assert len({version.digest for version in versions}) == 1


def test_card_names_the_certificate_only_where_videos_are_signed(bench, signer):
    bench.fill("asha")
    card = bench.dataset / "README.md"
    assert "C2PA" not in card.read_text(encoding="utf-8")
    build(bench, signer)
    assert signer.fingerprint in card.read_text(encoding="utf-8")


def test_dataset_made_anew_after_a_withdrawal_is_not_signed_and_does_not_say_so(bench, signer):
    bench.fill("asha", "meena")
    build(bench, signer)
    withdraw_consent(bench.shop, bench.contract, "meena", (), bench.progress)
    assert mark(bench.dataset)["c2pa_certificate"] is None
    assert check_dataset(bench.dataset) == []
    assert build(bench, signer).version.version == 4
    assert mark(bench.dataset)["c2pa_certificate"] == signer.fingerprint


def test_check_finds_a_video_that_was_copied_into_a_new_file_and_lost_its_manifest(bench, signer):
    bench.fill("asha")
    build(bench, signer)
    copy_without_encoding(videos(bench.dataset)[0])
    assert [fault.sentence.split(".")[0] for fault in check_dataset(bench.dataset)] == ["its C2PA manifest is gone"]


def test_check_finds_a_manifest_that_is_not_ours(bench, signer):
    bench.fill("asha")
    build(bench, signer, bench.folder / "signed")
    foreign = videos(bench.folder / "signed")[0].read_bytes()
    videos(bench.dataset)[0].write_bytes(foreign)
    assert ["not ours" in fault.sentence for fault in check_dataset(bench.dataset)] == [True]


def test_certificate_that_runs_out_during_a_build_stops_it_and_leaves_the_older_dataset(bench, make_identity, signer):
    bench.fill("asha")
    late = make_identity(days=-1)
    with pytest.raises(UnsignedVideoError, match="not valid at time of signing"):
        build(bench, replace(signer, chain_pem=late.chain_pem, key_pem=late.key_pem))
    assert mark(bench.dataset)["c2pa_certificate"] is None
    assert check_dataset(bench.dataset) == []
    assert len(bench.catalogue.dataset_versions()) == 1
