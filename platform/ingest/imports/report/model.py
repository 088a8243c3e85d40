"""The report of an import: what it did, or what a dry run would do."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field

MAX_NAMES = 5_000  # unmapped and absent columns, over all files; 500 of each are counted by name
MAX_SUMMED_NAMES = 500
MAX_SHOWN = 50  # clock changes and odd times listed one by one; the rest is counted
MAX_PROBLEMS, MAX_PROBLEMS_OF_COLUMN = 500, 20  # cells and rows likewise, so that one column does not hide the others


class ImportProblem(Struct):
    """One cell or row that could not be read."""

    file: str
    line: int
    column: str
    text: str
    why: str


class ImportedSample(Struct):
    """A sample of a dry run as it would be stored. `clock` is its time as the file writes it, `at` epoch ms.

    `change`: its time is in an hour that a clock change repeats.
    """

    file: str
    line: int
    column: str
    clock: str
    sensor: str
    tag: str
    unit: str
    at: int
    value: float | str
    quality: int = 0
    change: bool = False


class ImportGap(Struct):
    """No sample between these two times, ms."""

    start: int
    end: int


class ImportClockChange(Struct):
    """Rows of one file in an hour that a clock change repeats or skips, in local time (`2021-11-07 01:00`)."""

    file: str
    kind: str
    zone: str
    start: str
    end: str
    line: int
    rows: int = 0
    note: str = ""


class ImportedSensor(Struct):
    """One sensor's part. `missing` cells were empty or placeholders; `bad` samples are stored with quality 2.

    `failed` cells say in words that the instrument failed: no sample. Of the `duplicates` (another sample of the same
    time replaces them) `identical` have its value, `repeated_hour` stand in an hour that a clock change repeats, and
    `conflicting` are the rest. A dry run says how many samples are `new`, how many are already stored with the `same`
    value and how many would replace a `different` one; null if too much is stored to compare.
    """

    tag: str
    sensor: str
    samples: int = 0
    start: int | None = None
    end: int | None = None
    missing: int = 0
    bad: int = 0
    unreadable: int = 0
    failed: int = 0
    duplicates: int = 0
    identical: int = 0
    conflicting: int = 0
    repeated_hour: int = 0
    out_of_order: int = 0
    new: int | None = None
    same: int | None = None
    different: int | None = None
    out_of_range: int = 0
    unit_note: str = ""
    interval_s: float | None = None
    gaps: int = 0
    longest_gaps: list[ImportGap] = field(default_factory=list)


class ImportNewSensor(Struct):
    """A sensor that the import creates, or a dry run would: unit from the header, kind and states from the values."""

    site: str
    tag: str
    name: str
    unit: str
    kind: str
    states: dict[str, str]
    file: str
    column: str


class ImportedFile(Struct):
    """One file's part."""

    file: str
    delimiter: str
    encoding: str
    time_formats: list[str]
    rows: int = 0
    bad_times: int = 0
    bad_rows: int = 0
    unmapped: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    note: str = ""


class ImportReport(Struct):
    """All of it. Times are epoch ms; `duplicates`: samples that another one of equal time replaces.

    `unmapped` columns are in a file and not in the mapping, `absent` ones the other way round, with counts of files.
    """

    dry_run: bool
    rows: int = 0
    samples: int = 0
    start: int | None = None
    end: int | None = None
    duplicates: int = 0
    identical: int = 0
    conflicting: int = 0
    repeated_hour: int = 0
    new: int | None = None
    same: int | None = None
    different: int | None = None
    out_of_range: int = 0
    gaps: int = 0
    missing: int = 0
    bad: int = 0
    failed: int = 0
    unreadable: int = 0
    unreadable_by_column: dict[str, int] = field(default_factory=dict)
    bad_times: int = 0
    bad_rows: int = 0
    repeated_hour_rows: int = 0
    skipped_hour_rows: int = 0
    clock_changes: list[ImportClockChange] = field(default_factory=list)
    unmapped: dict[str, int] = field(default_factory=dict)
    absent: dict[str, int] = field(default_factory=dict)
    files: list[ImportedFile] = field(default_factory=list)
    new_sensors: list[ImportNewSensor] = field(default_factory=list)
    sensors: list[ImportedSensor] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    preview: list[ImportedSample] = field(default_factory=list)
    seconds: float = 0.0
    samples_per_s: float = 0.0


class ImportProgress(Struct):
    """Progress. Bytes are those of the files on disk."""

    rows: int = 0
    samples: int = 0
    bytes: int = 0
    total_bytes: int = 0
    file: str = ""


ProgressCallback = Callable[[ImportProgress], None]
