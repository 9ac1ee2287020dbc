"""`tacit dataset build` with a certificate and its key: signed video, clear words where it cannot be, no key left."""

import json

import pytest

from .conftest import recording, worker

pytest.importorskip("c2pa", reason="c2pa-python, the extra `c2pa`, is not installed")


@pytest.fixture
def files(tmp_path, identity):
    """A certificate and its key as files, outside the shop; the options that name them."""
    folder = tmp_path / "pki"
    folder.mkdir()
    (folder / "chain.pem").write_bytes(identity.chain_pem)
    (folder / "key.pem").write_bytes(identity.key_pem)
    (folder / "locked.pem").write_bytes(identity.locked_key_pem)
    return folder


def body(key_pem):
    return [line for line in key_pem.splitlines() if not line.startswith(b"---")]


def test_signed_dataset_is_built_checked_and_left_alone_and_the_key_is_nowhere(desk, files, identity):
    desk.small_shop()
    desk.put("a.mp4")
    desk.declare(worker(), recording("a.mp4"))
    desk.run()
    signed = desk.home / "signed"
    options = ("--shop", desk.shop, "--out", signed, "--agreement", "gear-line-2026", "--json")
    keys = ("--c2pa-cert", files / "chain.pem", "--c2pa-key", files / "key.pem")
    first = desk.tacit("dataset", "build", *options, *keys)
    assert json.loads((signed / "meta" / "tacit.json").read_bytes())["c2pa_certificate"]
    assert desk.tacit("dataset", "check", signed, "--json").answer == {"faults": []}
    assert desk.tacit("dataset", "build", *options, *keys).answer == first.answer
    places = [path for path in desk.home.rglob("*") if path.is_file() and files not in path.parents]
    assert any(path.name == "catalogue.sqlite" for path in places)
    everything = b"".join([path.read_bytes() for path in places]) + (first.out + first.err).encode()
    assert not [line for line in body(identity.key_pem) if line in everything]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("--c2pa-cert", "chain.pem"), "--c2pa-cert was given without --c2pa-key"),
        (("--c2pa-key", "key.pem"), "--c2pa-key was given without --c2pa-cert"),
        (("--c2pa-cert", "none.pem", "--c2pa-key", "key.pem"), "none.pem cannot be read"),
        (("--c2pa-cert", "key.pem", "--c2pa-key", "chain.pem"), "the file of certificates holds none"),
        (("--c2pa-cert", "chain.pem", "--c2pa-key", "locked.pem"), "the private key is encrypted"),
    ],
)
def test_files_that_cannot_sign_are_named_before_anything_else_is_done(bare_desk, files, identity, given, expected):
    named = [files / word if word.endswith(".pem") else word for word in given]
    done = bare_desk.tacit("dataset", "build", "--out", "d", "--agreement", "a", *named, code=2)
    assert expected in done.err
    assert not [line for line in body(identity.key_pem) if line.decode() in done.err]
    assert not (bare_desk.home / "d").exists()


def test_package_is_missed_only_where_something_is_to_be_signed(bare_desk, files):
    empty = bare_desk.home / "packages"
    empty.mkdir()
    (empty / "c2pa.py").write_text("raise ImportError('not installed')\n", encoding="utf-8")
    build = ("dataset", "build", "--out", "d", "--agreement", "a")
    keys = ("--c2pa-cert", files / "chain.pem", "--c2pa-key", files / "key.pem")
    assert "There is no shop" in bare_desk.tacit(*build, code=2, PYTHONPATH=str(empty)).err
    assert 'pip install "tacit[c2pa]"' in bare_desk.tacit(*build, *keys, code=2, PYTHONPATH=str(empty)).err
