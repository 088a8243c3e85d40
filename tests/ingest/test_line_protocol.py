"""Line protocol: the fast reader agrees with the careful one, and both with another implementation."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_protocol_parser import LineFormatError, parse_line

from ingest.line_protocol import parser
from ingest.line_protocol.line import LineError, read_line
from ingest.line_protocol.parser import MAX_LINE_BYTES, MAX_LINES, parse_lines, verbatim
from ingest.points import RawPoint
from kernel.errors import TooLarge

NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="\n\r\\", exclude_categories=("Cs", "Cc", "Zs")), min_size=1
)
VALUES = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53) | st.booleans() | NAMES
TIMES = st.none() | st.integers(-(2**62), 2**62)


def escaped(name: str, special: str = ",= ") -> str:
    return "".join(f"\\{character}" if character in special else character for character in name)


def written(point: RawPoint, integer: bool) -> str:
    value = point.value
    if isinstance(value, str):
        shown = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    elif isinstance(value, bool):
        shown = "true" if value else "f"
    else:
        whole = float(value).is_integer() and abs(value) < 2**63  # an integer of InfluxDB's
        shown = f"{int(value)}i" if integer and whole else repr(value)
    quality = f",quality={point.quality}i" if point.quality else ""
    t = "" if point.t is None else f" {point.t}"
    return f"{escaped(point.site, ', ')},sensor={escaped(point.sensor)} value={shown}{quality}{t}"


POINTS = st.builds(RawPoint, NAMES.filter(lambda name: name[0] != "#"), NAMES, VALUES, TIMES, st.integers(0, 2))


@given(POINTS, st.booleans())
def test_what_is_written_is_read_back_by_both_readers(point: RawPoint, integer: bool) -> None:
    line = written(point, integer).encode()
    assert [found for _, found in parse_lines(line, 1)] == [point]
    assert read_line(line, 1) == point


@given(st.lists(POINTS, max_size=20), st.sampled_from(["\n", "\r\n", "\n\n", "\n# comment\n"]))
def test_a_body_is_its_lines(points: list[RawPoint], separator: str) -> None:
    body = separator.join(written(point, False) for point in points).encode()
    assert [point for _, point in parse_lines(body, 1)] == points


PIECES = st.sampled_from(
    ["a,sensor=b value=1 5", 'a,sensor=b value="x', 'y" 7', '"', "", "# c", "nonsense", 'm,t=1 f="a\nb\nc",g=2i 9', "é"]
)


@given(st.lists(PIECES, max_size=40), st.integers(0, 60), st.randoms())
def test_lines_are_the_same_however_many_are_split_at_once(pieces: list[str], size: int, random: Random) -> None:
    body = "\n".join(pieces).encode()
    expected = [(number, str(point)) for number, point in parse_lines(body, 1)]
    numbers = [number for number, _ in expected]
    random.shuffle(numbers)
    texts = list(verbatim(body, numbers))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parser, "WINDOW_BYTES", size)
        assert [(number, str(point)) for number, point in parse_lines(body, 1)] == expected
        assert list(verbatim(body, numbers)) == texts


@given(POINTS)
def test_another_implementation_reads_the_same(point: RawPoint) -> None:
    line = written(point, False)
    try:
        other = parse_line(line)
    except LineFormatError:
        return  # it is stricter in places, such as a leading zero
    assert other["measurement"] == point.site
    assert other["tags"] == {"sensor": point.sensor}
    assert other["fields"]["value"] == point.value
    assert other["time"] == point.t


@given(st.text(st.sampled_from('a1,=" \\.-e#i\t'), max_size=30))
def test_any_other_text_is_refused_or_read_alike(text: str) -> None:
    line = f"s,sensor={text}".encode()
    results = [found for _, found in parse_lines(line, 1)]
    assert len(results) == 1
    try:
        assert read_line(line, 1) == results[0]
    except LineError as error:
        assert isinstance(results[0], LineError) and str(results[0]) == str(error)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    for number, found in parse_lines(body, 1):
        assert number >= 1 and isinstance(found, (RawPoint, LineError))


def test_a_text_over_several_lines_keeps_the_numbers_of_those_behind_it() -> None:
    body = b's,sensor=a text="one\ntwo\n\nfour" 5\n\nbroken\n'
    (first, text), (second, wrong) = parse_lines(body, 1_000)
    assert (first, text) == (1, RawPoint("s", "a", "one\ntwo\n\nfour", 5_000))
    assert second == 6 and isinstance(wrong, LineError)


def test_an_unclosed_text_takes_no_more_than_a_letter_holds() -> None:
    lines = ['site,sensor=M text="cut', *(f"site,sensor=A value={k} 5" for k in range(10_000))]
    body = "\n".join(lines).encode()
    (first, error), *others = parse_lines(body, 1)
    assert first == 1 and "not closed" in str(error)
    assert [point.value for _, point in others] == [float(k) for k in range(10_000 - len(others), 10_000)]
    (item,) = verbatim(body, [1])
    assert item == "\n".join(lines[: len(lines) - len(others)]).encode()
    assert MAX_LINE_BYTES - 100 < len(item) <= MAX_LINE_BYTES


def test_an_unclosed_quotation_mark_costs_no_time() -> None:
    for filling in (b"x,sensor=y value=1\n", b'\\"\n', b'",text="\n'):
        body = b'a,sensor=b text="' + filling * 100_000
        began = time.process_time()
        assert any(isinstance(found, LineError) for _, found in parse_lines(body, 1))
        assert time.process_time() - began < 10


LINES = [
    ("site,sensor=A,sensor=B value=1", "the tag 'sensor' is given twice"),
    ("site,sensor=A,host=x,host=x value=1", "the tag 'host' is given twice"),
    ("site,sensor=A value=1,value=2", "the field 'value' is given twice"),
    ('site,sensor=A text="a",text="b"', "the field 'text' is given twice"),
    ("site,sensor=A value=1,quality=1i,quality=1i", "the field 'quality' is given twice"),
    (
        "site,sensor=A value=-9u",
        "value='-9u' is not from 0 to 18446744073709551615, the range of a 64-bit unsigned integer",
    ),
    ("site,sensor=A value=18446744073709551616u", "is not from 0 to 18446744073709551615"),
    (
        "site,sensor=A value=9223372036854775808i",
        "value='9223372036854775808i' is not from -9223372036854775808 to 9223372036854775807",
    ),
    ("site,sensor=A value=-9223372036854775809i", "value='-9223372036854775809i' is not from -9223372036854775808"),
    ("site,sensor=A value=" + "9" * 60_000 + "i", "is not from -9223372036854775808 to 9223372036854775807"),
    ("site,sensor=A value=１２", "value='１２' is not a number"),
    ("site,sensor=A value=１２i", "value='１２i' is not a number"),
    ("site,sensor=A value=1 １７７００００００００００００００００", "is not a whole number"),
    ("site,sensor=A value=1,quality=１i", "quality='１i' is not a number"),
    ("site,sensor=A value=" + "1" * 60_000 + "x", "is not a number, true, false or a text in double quotes"),
    ("site,sensor=A value=" + "1" * 70_000, "the line is longer than 65536 bytes"),
    ("site,sensor=" + "A" * 70_000 + " value=1", "the line is longer than 65536 bytes"),
]


@pytest.mark.parametrize(("line", "why"), LINES, ids=range(len(LINES)))
def test_a_line_that_is_none_is_refused_with_its_reason(line: str, why: str) -> None:
    body = f"s,sensor=A value=1\n\n{line}\ns,sensor=A value=2\n".encode()
    _, (number, error), (last, _) = parse_lines(body, 1)
    assert (number, last) == (3, 4)
    assert isinstance(error, LineError) and why in str(error)
    assert len(str(error)) < 300


def cases() -> list[str]:
    text = (Path(__file__).parent / "cases/line-protocol.txt").read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_each_case_is_refused_with_its_line_and_reason() -> None:
    assert len(cases()) >= 5
    for line in cases():
        (number, error), (last, _) = list(parse_lines(f"{line}\ns,sensor=A value=2\n".encode(), 1))
        assert (number, last) == (1, 2), line
        assert isinstance(error, LineError) and str(error), line


def test_integers_of_64_bit_are_read() -> None:
    lines = [
        ("9223372036854775807i", 2.0**63),
        ("-9223372036854775808i", -(2.0**63)),
        ("18446744073709551615u", 2.0**64),
    ]
    body = "\n".join(f"s,sensor=A value={text}" for text, _ in lines).encode()
    assert [found.value for _, found in parse_lines(body, 1) if isinstance(found, RawPoint)] == [v for _, v in lines]


def test_a_body_of_too_many_lines_is_refused_before_it_is_cut_up() -> None:
    with pytest.raises(TooLarge, match="at most 500,000 are accepted"):
        list(parse_lines(b"\n" * (MAX_LINES + 1), 1))
    assert list(parse_lines(b"\n" * MAX_LINES, 1)) == []
