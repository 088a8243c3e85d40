"""A tenant with samples and documents that are hard to preserve, and its content."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kernel.tenancy import TenantConnection
from stores.timeseries import Timeseries
from tenants.models import Tenant
from web import stores

YEAR_NS = 31_536_000_000_000_000
START_NS = 1_400_000_000_000_000_000
WHEN = datetime(2026, 3, 14, 9, 42, tzinfo=UTC)


def fill(tenant: Tenant) -> TenantConnection:
    """Samples in eight shards and both policies, documents with all that is hard to keep."""
    connection = tenant.connection()
    writer = Timeseries(connection.influx_url, connection.writer)
    lines = [
        f"p1,sensor=s{sensor} value={year + sensor / 10},quality=0i {START_NS + year * YEAR_NS + sensor}"
        for year in range(8)
        for sensor in range(40)
    ]
    writer.write_lines("raw", "\n".join(lines).encode())
    writer.write_lines("ladder", f"p1.1h,sensor=s1 min=1,max=2,n=5i {START_NS}".encode())
    documents = stores.documents(connection)
    hard = {"when": WHEN, "nested": [[1, 2], [3]], "dotted": {"a.b": {"c.d": None}}}
    documents.insert("sites", {"_id": "p1", "slug": "mill", "name": "Mühle", "timezone": "UTC", **hard})
    sensor = {"site": "p1", "name": "Flow", "interval_s": 60.0, "big": "x" * 500}
    documents.insert_many("sensors", [{"_id": f"s{n}", "tag": f"TT-{n}", **sensor} for n in range(1500)])
    documents.change("sites", "p1", lambda before: {**before, "name": "Mill"})
    return connection


def contents(connection: TenantConnection) -> dict[str, Any]:
    """The content of a tenant."""
    reader = Timeseries(connection.influx_url, connection.reader)
    documents = stores.documents(connection)
    statements = ['SELECT * FROM raw./.*/ GROUP BY "sensor"', 'SELECT * FROM ladder./.*/ GROUP BY "sensor"']
    found = reader.read(statements)
    return {
        "samples": [[(each.name, each.tags, each.columns, each.values) for each in series] for series in found],
        "documents": {
            name: sorted(documents.find(name), key=lambda each: str(each["_id"])) for name in documents.collections()
        },
    }
