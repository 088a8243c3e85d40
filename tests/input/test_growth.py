"""The cost of parsing is linear: hostile inputs, each at two lengths in one run."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from django.test import RequestFactory
from django.urls import resolve

from catalog.kinds import KINDS
from catalog.models import Sensor, Site
from catalog.plan import plan_upsert
from catalog.rules import slug_of
from catalog.snapshot import Snapshot
from catalog.units import canonical
from catalog.zones import check_zone
from historian.http.requests import parse_percentiles, parse_points
from ingest.imports.formats.delimiters import guess_delimiter
from ingest.imports.formats.line_protocol_reader import _parsed
from ingest.imports.formats.quoting import WHITESPACE, RowScanner
from ingest.imports.formats.readers import open_reader
from ingest.imports.formats.rows import column_names
from ingest.imports.formats.table import Block, Cells, read_carefully, read_table
from ingest.imports.mapping.loading import load_mapping
from ingest.imports.mapping.model import Column, Mapping
from ingest.imports.mapping.name_patterns import MAX_NAME_CHARS, NamePattern, NameRules
from ingest.imports.reading.cells import Reader
from ingest.imports.times.formats import FormatSearch
from ingest.imports.times.parser import TimeParser
from ingest.imports.times.row_times import DateInName, parse_duration
from ingest.imports.times.spellings import respell
from ingest.imports.times.zones import zone_of
from ingest.line_protocol.parser import parse_lines
from kernel.suggest import closest
from kernel.times import parse_time
from stores.objects.address import Address
from stores.redis.epochs import Position
from tenants.drivers.kubernetes.kubeconfig import load_kubeconfig
from tenants.slugs import check_slug, suggestion
from tests.input.growth import MAX_GROWTH, growth
from twin.validation import Plant, check_drawing
from web.bodies import inflate
from web.decoding import decode_json
from web.headers import plain_content_type
from web.openapi.unknown_names import check_members

TEXTS: dict[str, Callable[[int], str]] = {
    "digits, then a letter": lambda n: "1" * n + "x",
    "digits and dots": lambda n: "1." * (n // 2),
    "digits of full width": lambda n: "１" * n,
    "an exponent without end": lambda n: "1e" + "9" * n,
    "blanks, then a letter": lambda n: "1" + " " * n + "!",
    "backslashes": lambda n: "\\" * n,
    "quotation marks": lambda n: '"' * n,
    "commas and equal signs": lambda n: "a=" * (n // 4) + "," * (n // 2),
    "brackets": lambda n: "[{(" * (n // 3),
    "the same two letters": lambda n: "ab" * (n // 2),
}
SENSOR = Sensor(id="s1", revision=1, site="x", tag="T", name="T", kind="continuous")
ZONE = zone_of("America/New_York")


def lines(template: str) -> Callable[[str], object]:
    return lambda text: list(parse_lines(template.format(text).encode(), 1))


def rows(text: str) -> object:
    return read_carefully(Block(1, f"{text}\nt,{text}\n".encode()), Cells(["t", "v"], ["t", "v"], ","))


def between_blanks(text: str) -> object:
    return read_table(Block(1, f'a "{text}" {text}\n"{text} "'.encode()), Cells(["t", "v"], ["t", "v"], WHITESPACE))


def cells(text: str) -> object:
    return Reader(SENSOR, Column("s1"), Mapping(site="x")).read(pa.array([text, "1"]))


def searched(text: str) -> None:
    search = FormatSearch(ZONE, "f")
    search.add(pa.array([text] * 3), np.arange(3))
    search.check()


PARSERS: dict[str, tuple[Callable[[str], object], int]] = {
    "line protocol, a number": (lines("a,sensor=s value={}"), 2_000),
    "line protocol, a tag": (lines("a,sensor={} value=1"), 2_000),
    "line protocol, a site": (lines("{},sensor=s value=1"), 2_000),
    "line protocol, a text": (lines('a,sensor=s text="{}'), 2_000),
    "line protocol, a timestamp": (lines("a,sensor=s value=1 {}"), 2_000),
    "line protocol, many lines": (lambda text: list(parse_lines("\n".join(text).encode(), 1)), 2_000),
    "a time": (lambda text: parse_time(text, "start"), 5_000),
    "points": (parse_points, 5_000),
    "percentiles": (parse_percentiles, 5_000),
    "a JSON body": (lambda text: decode_json(text.encode()), 5_000),
    "a text in a JSON body": (lambda text: decode_json(json.dumps({"a": f"{text}\0"}).encode()), 5_000),
    "a kubeconfig": (load_kubeconfig, 800),
    "a header's parameters": (lambda text: plain_content_type(f"multipart/form-data;{text}; boundary={text}"), 5_000),
    "a unit": (canonical, 5_000),
    "a time zone": (check_zone, 5_000),
    "a slug from a name": (slug_of, 5_000),
    "a tenant's slug": (check_slug, 5_000),
    "a suggested slug": (suggestion, 5_000),
    "a bucket's address": (lambda text: Address.parse(f"s3://bucket/{text}"), 5_000),
    "a similar word": (lambda text: closest(text, [f"TT-{i}" for i in range(200)]), 5_000),
    "a mapping": (load_mapping, 800),
    "a mapping's names": (lambda text: load_mapping(f"site: a\ncolumns: {{{text}: b}}"), 800),
    "a time format": (lambda text: TimeParser([f"%d{text}%H"], ZONE).parse(pa.array(["1"])), 5_000),
    "guessed times": (searched, 2_000),
    "a guessed delimiter": (lambda text: guess_delimiter(f"{text}\n{text}\n", "f"), 5_000),
    "times in ISO 8601": (lambda text: TimeParser(["iso"], ZONE).parse(pa.array([text, "2026"])), 5_000),
    "times by strptime": (lambda text: TimeParser(["%d/%m/%Y %H:%M %Z"], ZONE).parse(pa.array([text])), 5_000),
    "times in other spellings": (lambda text: respell(pa.array([text, f"1 {text} 2024 24:00"])), 5_000),
    "spreadsheet serials": (lambda text: TimeParser(["excel"], ZONE).parse(pa.array([text])), 5_000),
    "a duration": (lambda text: parse_duration(text, "shift"), 5_000),
    "a date in a name": (lambda text: DateInName("*a*1*%Y*%m*%d.csv").read(text), 5_000),
    "a name by a pattern": (lambda text: NamePattern("*a{x}1{y} {z}b").read(text), 5_000),
    "a line of a file": (lambda text: list(_parsed(f"a,b={text} v={text} 1".encode(), 1)), 2_000),
    "blanks between columns": (between_blanks, 5_000),
    "a row with quotation marks between blanks": (
        lambda text: list(RowScanner(f'"{text}\n{text}\n', WHITESPACE, 2)),
        5_000,
    ),
    "rows": (rows, 5_000),
    "cells": (cells, 5_000),
    "a row with quotation marks": (lambda text: list(RowScanner(f'"{text}\n{text}\n', ",", 2)), 5_000),
}


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_takes_time_linear_in_its_input(name: str) -> None:
    read, size = PARSERS[name]
    growths = {what: growth(read, make, size) for what, make in TEXTS.items()}
    assert {what: factor for what, factor in growths.items() if factor > MAX_GROWTH} == {}


def wide_head(columns: int) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(["t", *["v"] * columns])
    return out.getvalue()


def long_mapping(columns: int) -> str:
    return json.dumps({"site": "a", "columns": {f"c{i}": "s" for i in range(columns)}})


SCRATCH = tempfile.TemporaryDirectory()


def line_of_many(count: int) -> Path:
    path = Path(SCRATCH.name) / f"{count}.lp"
    tags, fields = (",".join(f"{kind}{k}=1" for k in range(count)) for kind in "tf")
    path.write_text(f"m,{tags} {fields} 1700000000\n")
    return path


def rows_of_a_line(path: Path) -> None:
    with closing(open_reader(path, Mapping(site="a"))) as reader:
        assert reader.head() is not None
        list(reader.tables(["time", "field", "value", "t0"], large=False))


def hold_against(counts: tuple[int, int]) -> None:
    rules, names = counts
    held = NameRules({f"{{a}}a{{b}}{k}": "{a}{b}" for k in range(rules)})
    for k in range(names):
        held.rename("a" * (MAX_NAME_CHARS - 8) + f"{k}x" if names == 1 else f"a{k}x")


def annotated_file(tables: int) -> Path:
    path = Path(SCRATCH.name) / f"{tables}.csv"
    table = "#default,_result,,A,\r\n,result,table,_field,_time,_value\r\n,,0,,2026-03-14T09:00:00Z,1\r\n\r\n"
    path.write_text(table * tables)
    return path


def annotated_tables(path: Path) -> None:
    with closing(open_reader(path, Mapping(site="a"))) as reader:
        assert reader.head() is not None
        assert sum(len(table) for table in reader.tables(["_time", "_field", "_value"])) > 0


def pipes_that_end_nowhere(count: int) -> dict[str, Any]:
    return {
        "width": 100,
        "height": 100,
        "placements": [{"id": f"p{k}", "symbol": "pump", "x": 1, "y": 1} for k in range(count)],
        "pipes": [
            {
                "id": f"q{k}",
                "medium": "water",
                "source": {"placement": f"px{k}", "port": "out"},
                "target": {"placement": f"py{k}", "port": "in"},
            }
            for k in range(count)
        ],
    }


def sites_alone(count: int) -> Snapshot:
    sites = {f"s{k}": Site(id=f"s{k}", slug=f"site-{k}", name="S", timezone="UTC") for k in range(count)}
    return Snapshot(Position("", 0), {**{name: {} for name in KINDS}, "sites": sites})


def sensors_of_no_site(count: int) -> tuple[list[dict[str, str]], Snapshot]:
    return [{"site": f"sitex-{k}", "tag": f"T{k}", "unit": "°C"} for k in range(count)], sites_alone(count)


def areas_in_one_another(count: int) -> tuple[list[dict[str, str]], Snapshot]:
    areas = [{"site": "site-0", "name": f"a{k}", "parent": f"a{(k + 1) % count}"} for k in range(count)]
    return areas, sites_alone(1)


def unknown_members(count: int) -> None:
    request = RequestFactory().post("/api/v1/schematics")
    request.resolver_match = resolve(request.path)
    check_members(request, {f"name{k}": 1 for k in range(count)})


MANY: dict[str, tuple[Callable[[Any], object], Callable[[int], Any], int]] = {
    "columns of one name": (
        lambda text: read_carefully(Block(1, text.encode()), _cells_of(text)),
        wide_head,
        2_000,
    ),
    "columns in a mapping": (load_mapping, long_mapping, 2_000),
    "quotation marks over many lines": (
        lambda text: list(parse_lines(text, 1)),
        lambda n: b'a,sensor=b text="' + b'\\"\n' * n,
        50_000,  # beyond what one line may have
    ),
    "tags and fields of a line in a file": (
        rows_of_a_line,
        line_of_many,
        2_000,
    ),
    "names held against rules": (hold_against, lambda n: (n, 100 * n), 40),
    "long names held against rules": (hold_against, lambda n: (n, 1), 125),
    "tables of annotated CSV": (annotated_tables, annotated_file, 60),
    "pipes of a drawing that end nowhere": (
        lambda raw: check_drawing(raw, Plant({}, {})),
        pipes_that_end_nowhere,
        150,
    ),
    "sensors of sites that do not exist": (
        lambda arguments: plan_upsert(KINDS["sensors"], *arguments, 1_000_000),
        sensors_of_no_site,
        100,
    ),
    "areas in a cycle": (lambda arguments: plan_upsert(KINDS["areas"], *arguments, 1), areas_in_one_another, 600),
    "unknown members of a body": (unknown_members, lambda n: n, 2_000),
    "texts with NUL in a body": (
        decode_json,
        lambda n: json.dumps([{"a": "\0"}] * n).encode(),
        2_000,
    ),
    "numbers of too many digits in a body": (
        decode_json,
        lambda n: f"[{','.join(['9' * 400] * n)}]".encode(),
        2_000,
    ),
    "gzip members": (lambda body: inflate(body, 1 << 20), lambda n: EMPTY_GZIP * n, 2_000),
}
EMPTY_GZIP = bytes.fromhex("1f8b080000000000000303000000000000000000")


def _cells_of(text: str) -> Cells:
    names = column_names(text.strip().split(","), header=True)
    return Cells(names, names, ",")


@pytest.mark.parametrize("name", MANY)
def test_the_cost_of_many_items_is_linear(name: str) -> None:
    read, make, size = MANY[name]
    assert growth(read, make, size) <= MAX_GROWTH
