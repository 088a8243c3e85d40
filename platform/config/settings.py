"""Django settings; values from the environment are read and checked in `config.environment`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from config import environment
from config.environment import env
from config.pod.settings import pod_middleware
from runtime.home import PROJECT, Home

HOME = Home.from_environment()
# Set in a tenant's own processes, which use the control plane instead of a relational database.
CONTROL_URL, CONTROL_TOKEN = environment.control_plane()
INFLUXDB_USERS = environment.influx_users(CONTROL_URL)  # reader, writer
MONGODB_URI = environment.documents_uri(HOME)
REDIS_URL = environment.redis_url(HOME)
environment.redis_max_memory_mib()  # fails early; the runtime reads it itself
FERNET_KEYS = environment.fernet_keys(HOME, CONTROL_URL)
JOB_RETENTION_DAYS, JOB_RETENTION_COUNT = environment.job_retention()
SECRET_KEY = environment.secret_key(HOME, CONTROL_TOKEN)
SECRET_KEY_FALLBACKS = environment.secret_key_fallbacks(CONTROL_URL)
DATABASES: dict[str, Any] = {"default": environment.database(HOME, CONTROL_URL)}
DATABASE_URL = env.str("DATABASE_URL", "")  # empty: our own SQLite
# Embedded servers are started unless external ones are configured.
EMBEDDED_DOCUMENTS = not env.str("MONGODB_URI", "")
EMBEDDED_REDIS = not env.str("REDIS_URL", "")
RESERVED_DISK_BYTES = environment.reserved_disk_bytes()

DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", ".localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BASE_DOMAIN = env.str("BASE_DOMAIN", "localhost")  # tenants may be named by subdomain: <slug>.<BASE_DOMAIN>
HTTPS = env.bool("HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
_HOST = "__Host-" if HTTPS else ""  # browsers accept such a cookie from this very host only, over HTTPS
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HOST}plantrace_session", f"{_HOST}plantrace_csrf"
SESSION_ENGINE = "access.sessions"
SESSION_IDLE_S, SESSION_MAX_S = environment.session_limits()
SESSION_COOKIE_AGE = SESSION_MAX_S
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000

INSTALLED_APPS = [
    "config.apps.ConfigApp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "knox",
    "axes",
    "access",
    "tenants",
    "catalog",
    "historian",
    "ingest",
    "twin",
    "analysis",
    "alarms",
    "work",
    "workspace",
    "stream",
    "demo",
]

MIDDLEWARE = [
    "web.request_scope.RequestScopeMiddleware",
    "web.request_metrics.RequestMetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "web.content_policy.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.UserMiddleware",
    "config.middleware.AccessMiddleware",
    "config.middleware.SessionCsrfMiddleware",
    "web.bodies.BodyLimitMiddleware",
    "web.openapi.contract.ContractMiddleware",
    "web.problems.ProblemMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
if CONTROL_URL:
    ROOT_URLCONF = "config.pod.urls"
    MIDDLEWARE = pod_middleware(MIDDLEWARE)
    SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # nobody signs in to a tenant's pod
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024  # the highest limit that `web.bodies.takes` can set without `streamed`
FILE_UPLOAD_TEMP_DIR = str(HOME.folder("uploads"))
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler", "web.uploads.DiskUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = 2_001  # web.uploads.MAX_FILES and a mapping

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # otherwise anybody could lock a user out forever
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are in the audit trail
AXES_CLIENT_IP_CALLABLE = "web.address.client_network"
AXES_LOCKOUT_CALLABLE = "access.operations.signin.locked_response"
STREAM_PORT = (
    environment.stream_port()
)  # of the live stream's process, to which browsers are sent; 0: an ingress does it
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)  # number of our own proxies that append to X-Forwarded-For
PUBLIC_URL = env.str("PUBLIC_URL", "").rstrip("/")  # base URL of links, if it differs from the request's
KNOX_TOKEN_MODEL = "access.ApiToken"
PASSWORD_RESET_TIMEOUT = 24 * 3600

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["config.middleware.ResolvedAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["web.openapi.contract.DeclaredJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "web.openapi.drf.Schema",
    "EXCEPTION_HANDLER": "web.problems.drf_handler",
    "UNAUTHENTICATED_USER": None,
}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_LIMIT_PER_USER": None, "TOKEN_TTL": timedelta(days=30)}
SPECTACULAR_SETTINGS = {
    "TITLE": "Plantrace",
    "DESCRIPTION": "Analytics for industrial plants: samples, schematics, time travel.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": True,
    "POSTPROCESSING_HOOKS": [
        "web.openapi.drf.add_components",
        "drf_spectacular.hooks.postprocess_schema_enums",
        "web.openapi.plain.merge",
    ],
    "SERVERS": [{"url": "/"}],
    "ENUM_NAME_OVERRIDES": {
        "TokenKind": ["login", "named"],
        "SensorKind": ["continuous", "discrete", "counter", "text"],
        "RoleName": ["viewer", "engineer", "admin"],
        "SignedInBy": ["session", "token"],
        "JobState": ["cancelled", "done", "failed", "queued", "running"],
        "PartRole": "twin.shapes.PART_ROLES",
        "TextRole": "twin.shapes.TEXT_ROLES",
        "TileKind": ["schematic", "table", "text", "trend", "values", "view"],
        "LimitSide": ["high", "low"],
        "AlarmPriority": [(1, 1), (2, 2), (3, 3), (4, 4)],
        "AlarmConsequence": ["minor", "moderate", "major", "severe"],
        "AlarmUrgency": ["over_30_min", "10_to_30_min", "3_to_10_min", "under_3_min"],
        "NotificationKind": ["apprise", "email", "push", "slack", "teams", "webhook"],
        **{
            f"{kind}Kind": [kind.lower()]
            for kind in ("Apprise", "Email", "Kafka", "Mqtt", "Push", "Slack", "Teams", "Webhook")
        },
        "DeviceState": ["late", "offline", "online", "unseen"],
        "CaseKind": ["maintenance", "retrofit", "service"],
        "CaseState": ["cancelled", "done", "in_progress", "open"],
    },
}

TASK_APP = "config.celery"  # the module of the application that messages go through
CELERY_BROKER_URL = REDIS_URL.rsplit("/", 1)[0] + "/1" if REDIS_URL.startswith("redis") else REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
# Three queues with their own workers: `control` for tenant life cycles, `long` for jobs that may take hours (imports,
# corrections, backups), `celery` for everything short.
CELERY_TASK_ROUTES = {
    "alarms.tasks.clear_journals": {"queue": "long"},
    "work.tasks.open_due_cases": {"queue": "long"},
    "tenants.tasks.measure": {"queue": "celery"},
    "tenants.tasks.*": {"queue": "control"},
    "historian.tasks.apply_retention": {"queue": "long"},
    "catalog.tasks.finish_removals": {"queue": "long"},  # whose worker shares the folder of attachments
    "ingest.tasks.clear_changes": {"queue": "long"},
    "ingest.tasks.clear_events": {"queue": "long"},  # whose worker shares the folder of attachments
    "ingest.tasks.sweep_attachments": {"queue": "long"},
    "workspace.tasks.sweep_files": {"queue": "long"},
    "ingest.tasks.clear_jobs": {"queue": "long"},  # which sees what can still be undone
    "ingest.tasks.clear_uploads": {"queue": "long"},  # whose worker shares the files with the web processes
}
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "clear-expired-access": {"task": "access.tasks.clear_expired", "schedule": timedelta(hours=12)},
    "reconcile-tenants": {"task": "tenants.tasks.reconcile", "schedule": 2.0, "options": {"expires": 2}},
    "run-short-jobs": {
        "task": "jobs.run_open",
        "args": ["celery"],
        "schedule": 5.0,
        "options": {"expires": 5, "queue": "celery"},
    },
    "run-long-jobs": {
        "task": "jobs.run_open",
        "args": ["long"],
        "schedule": 5.0,
        "options": {"expires": 5, "queue": "long"},
    },
    "measure-tenants": {"task": "tenants.tasks.measure", "schedule": 60.0, "options": {"expires": 60}},
    "apply-retention": {"task": "historian.tasks.apply_retention", "schedule": timedelta(hours=24)},
    "watch-devices": {"task": "ingest.tasks.watch_devices", "schedule": 5.0, "options": {"expires": 5}},
    "clear-journals": {
        "task": "alarms.tasks.clear_journals",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
    "open-due-cases": {"task": "work.tasks.open_due_cases", "schedule": 600.0, "options": {"expires": 600}},
    "sweep-files-of-cases": {"task": "work.tasks.sweep_files", "schedule": 3600.0, "options": {"expires": 3600}},
    "finish-removals": {"task": "catalog.tasks.finish_removals", "schedule": 60.0, "options": {"expires": 60}},
    "clear-changes": {"task": "ingest.tasks.clear_changes", "schedule": 3600.0, "options": {"expires": 3600}},
    "clear-events": {"task": "ingest.tasks.clear_events", "schedule": timedelta(days=1), "options": {"expires": 3600}},
    "sweep-attachments": {"task": "ingest.tasks.sweep_attachments", "schedule": 3600.0, "options": {"expires": 3600}},
    "sweep-files": {"task": "workspace.tasks.sweep_files", "schedule": 3600.0, "options": {"expires": 3600}},
    "discard-left": {"task": "config.tasks.discard_left", "schedule": timedelta(days=1), "options": {"expires": 3600}},
    "clear-jobs": {"task": "ingest.tasks.clear_jobs", "schedule": timedelta(hours=6), "options": {"expires": 3600}},
    "clear-uploads": {"task": "ingest.tasks.clear_uploads", "schedule": 3600.0, "options": {"expires": 3600}},
}

STATIC_URL = "/static/"
STATIC_ROOT = PROJECT / "frontend" / "dist"
FRONTEND = PROJECT / "frontend" / "dist"
WHITENOISE_ROOT = None
WHITENOISE_MAX_AGE = 3600
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/assets/"  # names with a content hash
STATICFILES_DIRS: list[str] = []

CONTENT_SECURITY_POLICY = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:", "blob:"],
    "style-src": ["'self'", "'unsafe-inline'"],  # Mantine and uPlot set element styles
    "script-src": ["'self'"],
    "connect-src": ["'self'"],
    "font-src": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
}

EMAIL_URL = env.str("EMAIL_URL", "")  # without one, invitation and reset links are shown instead of sent
if EMAIL_URL:
    vars().update(environment.env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "plantrace@localhost")
OUTBOUND_NETWORKS = environment.outbound_networks()  # beside public ones, for users' webhooks
VAPID_PRIVATE_KEY = environment.vapid_private_key(HOME, CONTROL_URL)  # of push messages; empty: there are none

TENANT_DRIVERS = environment.tenant_drivers()  # the first is the default
TENANTS_CONCURRENCY = environment.tenants_concurrency()
KUBECONFIG = environment.kubeconfig()  # for the shared cluster; empty: our pod's service account
TENANT_CHART = env.str(
    "TENANT_CHART", str(PROJECT / "charts" / "tenantstack")
)  # a folder, a folder of archives, oci://
TENANT_VALUES = environment.tenant_values(TENANT_CHART)  # values for every tenant's chart: ingress, storage class, …
TENANT_DOMAIN = env.str("TENANT_DOMAIN", BASE_DOMAIN)  # a tenant's own address is <slug>.<TENANT_DOMAIN>
PODS_CONTROL_URL = environment.pods_control_url()  # where tenants' pods reach our web processes
TENANT_INFLUX_URL = env.str("TENANT_INFLUX_URL", "")  # if we run outside the cluster: http://{namespace}.example:8086
# Our service account in the shared cluster, and the role that we bind to it in each tenant's namespace; empty if we
# have cluster-wide rights.
CONTROL_ACCOUNT = env.str("CONTROL_ACCOUNT", "")  # namespace/name of a service account
CONTROL_CLUSTER_ROLE = env.str("CONTROL_CLUSTER_ROLE", "plantrace-tenant")
HELM_TIMEOUT_S = env.int("HELM_TIMEOUT_S", 300)
GITOPS_REMOTE, GITOPS_PROVIDER = environment.gitops(TENANT_DRIVERS)
GITOPS_BRANCH = env.str("GITOPS_BRANCH", "main")
GITOPS_FOLDER = env.str("GITOPS_FOLDER", "tenants").strip("/")
GITOPS_NAMESPACE = env.str("GITOPS_NAMESPACE", "plantrace-tenants")  # of the HelmReleases and the chart's source
GITOPS_REPOSITORY = env.str("GITOPS_REPOSITORY", "tenants")  # Flux's GitRepository of the tenants' files, there too
GITOPS_SOURCE = env.str("GITOPS_SOURCE", "HelmRepository/plantrace")  # kind and name
GITOPS_CHART = env.str("GITOPS_CHART", "tenantstack")  # its name there, or its path
GITOPS_CLUSTER_ROLE = env.str("GITOPS_CLUSTER_ROLE", "plantrace-release")
GITOPS_USERNAME, GITOPS_TOKEN = env.str("GITOPS_USERNAME", "plantrace"), env.str("GITOPS_TOKEN", "")
GITOPS_SSH_KEY = env.str("GITOPS_SSH_KEY", "")  # a file
GITOPS_AUTHOR = env.str("GITOPS_AUTHOR", "Plantrace <plantrace@localhost>")
GITOPS_API_URL, GITOPS_PROJECT = env.str("GITOPS_API_URL", ""), env.str("GITOPS_PROJECT", "")
GITOPS_POLL_S = env.int("GITOPS_POLL_S", 60)  # how often to check for deleted tenant files
# For backups requested over HTTP: a folder, or s3://bucket/prefix. Arrow reads the bucket's keys and region itself.
BACKUP_FOLDER = environment.backup_folder(HOME)
# Long texts of events. A tenant's pod has no disk of its own that others share, so there it must be a bucket.
EVENT_ATTACHMENTS = environment.event_attachments(HOME, in_pod=bool(CONTROL_URL))
AWS_ENDPOINT_URL = environment.bucket_endpoint()
# Provisions tenants without databases, to benchmark the control plane on simulated nodes: steps that need a database
# are skipped, and such a tenant serves nothing.
TENANTS_SIMULATED = env.bool("TENANTS_SIMULATED", False)

DEVICE_TOKEN = env.str("PLANTRACE_TOKEN", "")  # token of a simulated device for another installation
DEMO_HISTORY_DAYS = environment.demo_history_days()
SHARED_DATA = env.str("PLANTRACE_SHARED_DATA", "")  # a folder of recorded plant data; by default next to the project

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
}
