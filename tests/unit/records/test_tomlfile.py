"""TOML files with every fault at its line."""

from datetime import UTC, datetime

import pytest

from tacit.records.errors import FaultyFileError, UnreadableFileError
from tacit.records.tomlfile import TomlFile


def write(tmp_path, text):
    path = tmp_path / "some.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read_whole(path, read):
    file = TomlFile(path)
    read(file.root)
    file.root.close()
    file.check()


def faults(tmp_path, text, read):
    with pytest.raises(FaultyFileError) as caught:
        read_whole(write(tmp_path, text), read)
    return [(fault.line, fault.sentence) for fault in caught.value.faults]


def test_missing_file_is_told_with_its_path(tmp_path):
    with pytest.raises(UnreadableFileError, match=r"some\.toml"):
        TomlFile(tmp_path / "some.toml")


def test_every_line_that_is_no_toml_is_listed_at_once(tmp_path):
    found = faults(tmp_path, 'a = 1\nb = = 2\nc = "x"\nd = [1,\n2]\ne 5\n', lambda _root: None)
    assert [line for line, _ in found] == [2, 6]


def test_values_over_several_lines_are_read_whole(tmp_path):
    file = TomlFile(write(tmp_path, 'a = [\n  "x",\n  "y",\n]\nb = """\nline\n"""\n\n[t]\nc = 5\n'))
    assert file.root.texts("a") == ("x", "y")
    assert file.line(("b",)) == 5
    assert file.line(("t", "c")) == 10
    assert file.root.table("t").integer("c", 0, 9) == 5


def test_entries_of_an_array_of_tables_know_their_own_lines(tmp_path):
    text = "[[worker]]\nid = 1\n\n[[worker]]\nid = 2\n[worker.more]\nx = true\n"
    found = faults(tmp_path, text, lambda root: [table.text("id") for table in root.tables("worker")])
    assert [line for line, _ in found] == [2, 5]


def test_unknown_keys_are_faults_since_most_are_misspelt(tmp_path):
    found = faults(tmp_path, "start = 1\nstrat = 2\n", lambda root: root.integer("start", 0, 9))
    assert found == [(2, '"strat" is not a known key here; known are start.')]


def test_a_missing_key_is_a_fault_at_its_table(tmp_path):
    found = faults(tmp_path, "a = 1\n[t]\nb = 2\n", lambda root: (root.integer("a", 0, 9), root.table("t").text("c")))
    assert (2, '"c" is missing; a text in quotes is expected.') in found


def test_a_time_without_an_offset_is_a_fault(tmp_path):
    found = faults(tmp_path, "at = 2026-01-01T08:00:00\n", lambda root: root.moment("at"))
    assert found[0][0] == 1
    assert "without an offset" in found[0][1]


def test_moments_come_back_in_utc(tmp_path):
    file = TomlFile(write(tmp_path, "at = 2026-01-01T08:00:00+05:30\n"))
    assert file.root.moment("at") == datetime(2026, 1, 1, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a = 5", lambda root: root.text("a")),
        ('a = "5"', lambda root: root.integer("a", 0, 9)),
        ("a = true", lambda root: root.integer("a", 0, 9)),
        ("a = 10", lambda root: root.integer("a", 0, 9)),
        ("a = 1", lambda root: root.boolean("a")),
        ('a = ""', lambda root: root.text("a")),
        ('a = "z"', lambda root: root.choice("a", {"x", "y"})),
        ('a = ["x", "x"]', lambda root: root.texts("a")),
        ("a = [1]", lambda root: root.texts("a")),
        ('a = ["z"]', lambda root: root.texts("a", {"x"})),
        ("a = []", lambda root: root.texts("a", at_least=1)),
        ("a = 2026-01-01T00:00:00Z", lambda root: root.day("a")),
        ('a = "2026-01-01"', lambda root: root.day("a")),
        ("a = 1", lambda root: root.table("a")),
        ("a = [1]", lambda root: root.tables("a")),
    ],
)
def test_a_value_of_another_kind_is_one_fault(tmp_path, text, read):
    assert len(faults(tmp_path, text, read)) == 1


@pytest.mark.parametrize("raw", [b"a = '\xff'\n", b"a = 1\n\xfe\xff = 2\n"])
def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path, raw):
    with pytest.raises(FaultyFileError, match="UTF-8"):
        TomlFile(write(tmp_path, raw))


def test_a_key_given_twice_is_a_fault(tmp_path):
    assert faults(tmp_path, "a = 1\na = 2\n", lambda _root: None)


def test_files_of_other_systems_are_read(tmp_path):
    file = TomlFile(write(tmp_path, b'\xef\xbb\xbfa = [\r\n1,\r\n2]\r\nb = "x"\r\n'))
    assert file.root.text("b") == "x"
    assert file.line(("b",)) == 4


@pytest.mark.parametrize("escaped", ["\\u001b[2J", "a\\nb", "a\\tb", "\\u0000", "\\u202e"])
def test_control_characters_are_a_fault_at_their_line_and_are_not_repeated(tmp_path, escaped):
    text = f'id = "x"\ntask = "{escaped}"\nparties = ["a", "{escaped}"]\nkind = "{escaped}"\n'

    def read(root):
        root.text("id")
        root.text("task")
        root.texts("parties")
        root.choice("kind", {"a"})

    found = faults(tmp_path, text, read)
    assert [line for line, _ in found] == [2, 3, 4]
    for _, sentence in found:
        assert "holds the control character U+" in sentence
        assert sentence.isprintable()


@pytest.mark.parametrize("value", ["[" * 5000 + "]" * 5000, "[" * 5000, "{a=" * 3000 + "1" + "}" * 3000, "9" * 5000])
def test_value_that_the_parser_cannot_hold_is_a_fault_at_its_line(tmp_path, value):
    found = faults(tmp_path, f"a = 1\nb = {value}\nc = = 3\n", lambda _root: None)
    assert [line for line, _ in found] == [2, 3]


def test_key_of_thousands_of_parts_is_a_fault_at_its_line(tmp_path):
    found = faults(tmp_path, f"x = 1\n{'.'.join('a' * 3000)} = 1\n", lambda root: root.integer("x", 0, 9))
    assert found == [(2, '"a" is not a known key here; known are x.')]


def test_number_too_long_to_write_out_is_a_fault(tmp_path):
    found = faults(tmp_path, f"a = 0x{'f' * 5000}\n", lambda root: root.integer("a", 0, 9))
    assert found == [(1, '"a" is a number of more than 18 digits; a whole number from 0 to 9 is expected.')]


def test_text_with_a_nul_is_a_fault_and_does_not_come_through(tmp_path):
    file = TomlFile(write(tmp_path, 'a = "x\\u0000y"\nb = ["z\\u0000"]\n'))
    assert file.root.text("a") == ""
    file.root.texts("b")
    assert [fault.line for fault in file.faults] == [1, 2]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-14:00"])
def test_moment_that_utc_cannot_hold_is_a_fault(tmp_path, moment):
    ((line, sentence),) = faults(tmp_path, f"at = {moment}\n", lambda root: root.moment("at"))
    assert (line, "year 9999 in UTC" in sentence) == (1, True)
