# One image for the web process, the worker and the ingest writer; which one runs is the container's command.
FROM node:20-bookworm-slim AS ui
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
COPY platform/twin/library/ /src/platform/twin/library/
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /opt/plantrace/.venv
COPY requirements.txt /tmp/
RUN /opt/plantrace/.venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt

# What takes and restores backups is the very program that tenants run.
FROM influxdb:1.8.10 AS influxdb

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --create-home --home-dir /var/lib/plantrace plantrace
COPY --from=packages /opt/plantrace/.venv /opt/plantrace/.venv
COPY --from=influxdb /usr/bin/influxd /usr/local/bin/influxd
WORKDIR /opt/plantrace
COPY manage.py ./
COPY platform/ platform/
COPY tenants/ tenants/
COPY demo/ demo/
COPY charts/ charts/
RUN python3 -m compileall -q platform tenants demo # nothing can be written here once it runs
COPY --from=ui /src/frontend/dist frontend/dist
ENV PATH=/opt/plantrace/.venv/bin:$PATH PYTHONPATH=/opt/plantrace/platform:/opt/plantrace \
    PYTHONUNBUFFERED=1 PLANTRACE_HOME=/var/lib/plantrace \
    MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=4194304 ARROW_DEFAULT_MEMORY_POOL=system
USER 10001
EXPOSE 8000
CMD ["python", "-m", "runtime.web_server", "--host", "0.0.0.0", "--port", "8000"]
