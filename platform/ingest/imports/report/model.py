"""What an import did, or in a dry run would do."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field

MAX_NAMES = 5_000  # of unmapped and absent columns, over all files; 500 of each are summed up by name
MAX_SUMMED_NAMES = 500
SHOWN = 50  # clock changes, odd times named one by one; the rest is counted
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

    `change`: its time stands in an hour that a clock change repeats.
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
    """No sample between these two, ms."""

    start: int
    end: int


class ImportClockChange(Struct):
    """Rows of one file in an hour that a clock change repeats or leaves out, as clocks show it (`2021-11-07 01:00`)."""

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
    `conflicting` are the rest. A dry run tells how many samples are `new`, how many are stored already with the `same`
    value and how many would replace a `different` one; null where too much is stored to be read.
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
    """A sensor that the import makes, or in a dry run would make: unit by the header, kind and states by the values."""

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
    """All of it. Times are epoch ms; `duplicates` are the samples that another one of the same time replaces.

    `unmapped` columns are in a file and not in the mapping, `absent` ones the other way round: in how many files each.
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
    """How far it is. Bytes are those of the files as they lie on the disk."""

    rows: int = 0
    samples: int = 0
    bytes: int = 0
    total_bytes: int = 0
    file: str = ""


Told = Callable[[ImportProgress], None]
