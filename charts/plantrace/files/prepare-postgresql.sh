# Ensures the database's files, its role with the Secret's password, and its database. Runs before each start, in the
# server's single-user mode, so that nothing of an image's own entrypoint is needed and a changed password is taken.
set -eu
PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
data=${PGDATA:-/var/lib/postgresql/data}

if [ ! -s "$data/PG_VERSION" ]; then
  rm -rf "$data.new" "$data"
  initdb --pgdata "$data.new" --username postgres --encoding UTF8 --locale C.UTF-8 --auth-host scram-sha-256 --auth-local reject
  mv "$data.new" "$data" # whole or not at all
fi

single() { postgres --single -j -D "$data" -c log_min_messages=error -c log_checkpoints=off postgres; }

password=$(printf %s "$POSTGRES_PASSWORD" | sed "s/'/''/g")
single <<SQL >/dev/null
DO \$\$ BEGIN
IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'plantrace') THEN CREATE ROLE plantrace LOGIN; END IF;
END \$\$;

ALTER ROLE plantrace PASSWORD '$password';
SQL
if ! echo "SELECT datname FROM pg_database WHERE datname = 'plantrace';" | single | grep -q '"plantrace"'; then
  echo "CREATE DATABASE plantrace OWNER plantrace;" | single >/dev/null
fi
echo "PostgreSQL is prepared."
