"""The environment's variables, checked before anything starts; a complaint names the variable."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from config.tenant_values import invalid_values
from kernel.tenancy import Credentials
from runtime.home import Home
from stores.objects import Address, check_endpoint
from web.outbound.networks import Network, parse_networks

env = environ.Env()
DRIVERS = ("local", "helm", "gitops")
PLATFORM_KEYS = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "FERNET_KEYS",
    "VAPID_PRIVATE_KEY",
    "DATABASE_URL",
)  # not available in a tenant's own process
TENANT_KEYS = (
    "REDIS_URL",
    "MONGODB_URI",
    *(f"INFLUXDB_{user}_{what}" for user in ("READER", "WRITER") for what in ("USER", "PASSWORD")),
)
MIN_SECRET_KEY = 32
MIN_JOB_RETENTION_DAYS = 30
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PROVIDERS = ("push", "branch", "github", "gitlab")


def control_plane() -> tuple[str, str]:
    """CONTROL_URL and CONTROL_TOKEN, set in a tenant's own process (ADR 0040); otherwise both are empty."""
    url, token = str(env.str("CONTROL_URL", "")).rstrip("/"), str(env.str("CONTROL_TOKEN", ""))
    if not url:
        return "", ""
    if not url.startswith(("http://", "https://")):
        raise ImproperlyConfigured(f"CONTROL_URL must start with http:// or https://, not {url[:12]!r}")
    if present := [name for name in PLATFORM_KEYS if env.str(name, "")]:
        raise ImproperlyConfigured(
            f"CONTROL_URL makes this a tenant's own process, which must not have {', '.join(present)}: "
            "take that out of its environment"
        )
    if missing := [name for name in ("CONTROL_TOKEN", *TENANT_KEYS) if not env.str(name, "")]:
        raise ImproperlyConfigured(f"CONTROL_URL makes this a tenant's own process, which needs {', '.join(missing)}")
    return url, token


def influx_users(control_url: str) -> tuple[Credentials, Credentials] | None:
    """The tenant's InfluxDB users for reading and writing, in a tenant's own process."""
    if not control_url:
        return None
    reader, writer = (
        Credentials(str(env.str(f"INFLUXDB_{name}_USER")), str(env.str(f"INFLUXDB_{name}_PASSWORD")))
        for name in ("READER", "WRITER")
    )
    return reader, writer


def documents_uri(home: Home) -> str:
    """MONGODB_URI, or the embedded server's."""
    uri = str(env.str("MONGODB_URI", "")) or home.documents_uri
    if not uri.startswith(("mongodb://", "mongodb+srv://")):
        raise ImproperlyConfigured(f"MONGODB_URI must start with mongodb:// or mongodb+srv://, not {uri[:12]!r}")
    return uri


def redis_url(home: Home) -> str:
    """REDIS_URL, or the embedded server's."""
    url = str(env.str("REDIS_URL", "")) or home.redis_url
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(f"REDIS_URL must start with redis://, rediss:// or unix://, not {url[:12]!r}")
    return url


def redis_max_memory_mib() -> str:
    """REDIS_MAX_MEMORY_MIB: memory limit of the embedded Redis; None: a share of the machine's memory."""
    size = str(env.str("REDIS_MAX_MEMORY_MIB", ""))
    if size and (not size.isdecimal() or not 16 <= int(size) <= 2**24):
        raise ImproperlyConfigured(f"REDIS_MAX_MEMORY_MIB must be a number of MiB, 16 at least, not {size!r}")
    return size


def reserved_disk_bytes() -> int:
    """RESERVED_DISK_MIB: below it no samples are accepted."""
    size = str(env.str("RESERVED_DISK_MIB", "1024"))
    if not size.isdecimal():
        raise ImproperlyConfigured(f"RESERVED_DISK_MIB must be a number of MiB, not {size!r}")
    return int(size) * 2**20


def job_retention() -> tuple[int, int]:
    """JOB_RETENTION_DAYS and JOB_RETENTION_COUNT: how long, and how many, ended imports and corrections are kept."""
    days, count = (str(env.str(f"JOB_RETENTION_{name}", usual)) for name, usual in (("DAYS", "365"), ("COUNT", "1000")))
    if not days.isdecimal() or not MIN_JOB_RETENTION_DAYS <= int(days) <= 36_500:
        raise ImproperlyConfigured(
            f"JOB_RETENTION_DAYS must be {MIN_JOB_RETENTION_DAYS} to 36500 days (imports can be undone for "
            f"{MIN_JOB_RETENTION_DAYS}), not {days!r}"
        )
    if not count.isdecimal() or not 1 <= int(count) <= 1_000_000:
        raise ImproperlyConfigured(f"JOB_RETENTION_COUNT must be a number of jobs, 1 at least, not {count!r}")
    return int(days), int(count)


def secret_key(home: Home, control_token: str) -> str:
    """SECRET_KEY, or one generated for this installation; a tenant's own processes share one."""
    if control_token:
        return hashlib.sha256(f"plantrace secret key {control_token}".encode()).hexdigest()
    key = str(env.str("SECRET_KEY", "")) or home.secret("django")
    if len(key) < MIN_SECRET_KEY:
        raise ImproperlyConfigured(f"SECRET_KEY must be at least {MIN_SECRET_KEY} characters long")
    return key


def secret_key_fallbacks(control_url: str) -> list[str]:
    """SECRET_KEY_FALLBACKS, separated by commas: their signatures stay valid; none in a tenant's own process."""
    if control_url:
        return []
    keys = [str(key) for key in env.list("SECRET_KEY_FALLBACKS", default=[])]
    if any(len(key) < MIN_SECRET_KEY for key in keys):
        raise ImproperlyConfigured(f"SECRET_KEY_FALLBACKS must be of {MIN_SECRET_KEY} characters each at least")
    return keys


def fernet_keys(home: Home, control_url: str) -> list[str]:
    """FERNET_KEYS, newest first, separated by commas: the first encrypts, all decrypt; none in a tenant's process."""
    if control_url:
        return []
    keys = [str(key) for key in env.list("FERNET_KEYS", default=[])] or [home.secret("fernet")]
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured("FERNET_KEYS must be Fernet keys (32 bytes in URL-safe base 64)") from None
    return keys


def outbound_networks() -> tuple[Network, ...]:
    """OUTBOUND_NETWORKS, separated by commas: which networks that are not public users' webhooks may reach."""
    try:
        return parse_networks([str(each) for each in env.list("OUTBOUND_NETWORKS", default=[])])
    except ValueError as error:
        raise ImproperlyConfigured(f"OUTBOUND_NETWORKS must be networks such as 10.1.2.0/24: {error}") from None


def vapid_private_key(home: Home, control_url: str) -> str:
    """VAPID_PRIVATE_KEY, by which push services know this installation; generated where the home has the database,
    too. Empty: no push messages to browsers.
    """
    if control_url:
        return ""
    key = str(env.str("VAPID_PRIVATE_KEY", ""))
    if not key:
        return "" if env.str("DATABASE_URL", "") else home.secret("vapid")
    if (
        not re.fullmatch("[A-Za-z0-9_-]{43}=?", key)
        or not 0 < int.from_bytes(base64.urlsafe_b64decode(key.rstrip("=") + "=")) < P256_ORDER
    ):
        raise ImproperlyConfigured("VAPID_PRIVATE_KEY must be a private key of P-256: 32 bytes in URL-safe base 64")
    return key


def database(home: Home, control_url: str) -> dict[str, object]:
    """DATABASE_URL, or SQLite in WAL mode in the installation's folder; a dummy in a tenant's own process."""
    if control_url:
        return {"ENGINE": "django.db.backends.dummy"}
    if env.str("DATABASE_URL", ""):
        return dict(env.db("DATABASE_URL")) | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(home.folder() / "control.sqlite3"),
        "CONN_MAX_AGE": None,
        "TEST": {
            "NAME": str(home.folder() / "test.sqlite3")
        },  # a file even in tests: in memory, SQLite locks whole tables
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }


def tenant_drivers() -> list[str]:
    """TENANT_DRIVERS: the drivers that may provision tenants, the default first."""
    named = [str(name) for name in env.list("TENANT_DRIVERS", default=["local"])]
    if not named or set(named) - set(DRIVERS):
        raise ImproperlyConfigured(f"TENANT_DRIVERS must name some of {', '.join(DRIVERS)}, not {','.join(named)!r}")
    return named


def pods_control_url() -> str:
    """PODS_CONTROL_URL: the address of the web processes, as seen by tenants' pods; required if tenants have pods."""
    url = str(env.str("PODS_CONTROL_URL", "")).rstrip("/")
    if url and not url.startswith(("http://", "https://")):
        raise ImproperlyConfigured(f"PODS_CONTROL_URL must start with http:// or https://, not {url[:12]!r}")
    return url


def stream_port() -> int:
    """STREAM_PORT: the port of the live stream on the host that browsers use; 0 if an ingress does that."""
    port = str(env.str("STREAM_PORT", "0"))
    if not port.isdecimal() or not 0 <= int(port[:10]) <= 65_535:
        raise ImproperlyConfigured(f"STREAM_PORT must be a port, not {port[:20]!r}")
    return int(port)


def demo_history_days() -> int:
    """DEMO_HISTORY_DAYS: how many days of history the demo writes, the first seven before it opens."""
    days = str(env.str("DEMO_HISTORY_DAYS", "1095"))
    if not days.isdecimal() or not 7 <= int(days[:10]) <= 3650:
        raise ImproperlyConfigured(f"DEMO_HISTORY_DAYS must be 7 to 3650 days, not {days[:20]!r}")
    return int(days)


def tenants_concurrency() -> int:
    """TENANTS_CONCURRENCY: how many tenants a worker reconciles at the same time, each possibly with a Helm process.

    TENANTS_AT_ONCE is its deprecated name, removed in 0.3.
    """
    number = str(env.str("TENANTS_CONCURRENCY", "") or env.str("TENANTS_AT_ONCE", "3"))
    if not number.isdecimal() or not 1 <= int(number) <= 64:
        raise ImproperlyConfigured(f"TENANTS_CONCURRENCY must be 1 to 64, not {number!r}")
    return int(number)


def session_limits() -> tuple[int, int]:
    """SESSION_IDLE_S and SESSION_MAX_S: how long a sign-in lasts unused, and at most."""
    idle, most = (_seconds(name, usual) for name, usual in (("SESSION_IDLE_S", 86_400), ("SESSION_MAX_S", 1_209_600)))
    if idle > most:
        raise ImproperlyConfigured(f"SESSION_IDLE_S ({idle}) must not be longer than SESSION_MAX_S ({most})")
    return idle, most


def _seconds(name: str, usual: int) -> int:
    text = str(env.str(name, str(usual)))
    if not text.isdecimal() or not 60 <= int(text[:10]) <= 31_536_000:
        raise ImproperlyConfigured(f"{name} must be 60 to 31536000 seconds, not {text[:20]!r}")
    return int(text)


def kubeconfig() -> str:
    """KUBECONFIG: a single file, or empty."""
    path = str(env.str("KUBECONFIG", ""))
    if path and ":" in path:
        raise ImproperlyConfigured("KUBECONFIG must name one file here, not several")
    return path


def tenant_values(chart: str) -> dict[str, Any]:
    """TENANT_VALUES: a YAML file of values for every tenant's chart, which must match the chart's schema."""
    path = str(env.str("TENANT_VALUES", ""))
    if not path:
        return {}
    try:
        values = YAML(typ="safe").load(Path(path)) or {}
    except (OSError, YAMLError) as error:
        raise ImproperlyConfigured(f"TENANT_VALUES cannot be read: {error}") from None
    if not isinstance(values, dict):
        raise ImproperlyConfigured(f"TENANT_VALUES must be a file of values, but {path} holds no mapping")
    if wrong := invalid_values(values, chart):
        raise ImproperlyConfigured(f"TENANT_VALUES: {path} does not fit the tenants' chart: {wrong}")
    return values


def backup_folder(home: Home) -> str:
    """BACKUP_FOLDER: a folder, or a prefix in a bucket."""
    folder = str(env.str("BACKUP_FOLDER", "")) or str(home.path / "backups")
    if "://" in folder:
        try:
            Address.parse(folder)
        except ValueError as error:
            raise ImproperlyConfigured(f"BACKUP_FOLDER: {error}") from None
    return folder


def event_attachments(home: Home, in_pod: bool) -> str:
    """EVENT_ATTACHMENTS: a folder that all processes share, or a prefix in a bucket; empty: nowhere."""
    place = str(env.str("EVENT_ATTACHMENTS", "")) or ("" if in_pod else str(home.path / "attachments"))
    if "://" in place:
        try:
            Address.parse(place)
        except ValueError as error:
            raise ImproperlyConfigured(f"EVENT_ATTACHMENTS: {error}") from None
    return place


def bucket_endpoint() -> str:
    """AWS_ENDPOINT_URL: the S3 server; Amazon's by default."""
    try:
        return check_endpoint(str(env.str("AWS_ENDPOINT_URL", "")))
    except ValueError as error:
        raise ImproperlyConfigured(f"AWS_ENDPOINT_URL {error}") from None


def gitops(drivers: list[str]) -> tuple[str, str]:
    """GITOPS_REMOTE (required by the driver) and GITOPS_PROVIDER; providers with an API also need GITOPS_PROJECT.

    GITOPS_TOKEN is not checked here: only the process that accesses git has it.
    """
    remote, provider = str(env.str("GITOPS_REMOTE", "")), str(env.str("GITOPS_PROVIDER", "push"))
    if provider not in PROVIDERS:
        raise ImproperlyConfigured(f"GITOPS_PROVIDER must be one of {', '.join(PROVIDERS)}, not {provider!r}")
    if "gitops" in drivers:
        needed = ["GITOPS_REMOTE", *(["GITOPS_PROJECT"] if provider in ("github", "gitlab") else [])]
        if missing := [name for name in needed if not env.str(name, "")]:
            raise ImproperlyConfigured(f"TENANT_DRIVERS names gitops, which needs {', '.join(missing)}")
    return remote, provider
