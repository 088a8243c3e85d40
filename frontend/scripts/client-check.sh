#!/bin/sh
# Whether src/api/schema.d.ts is what the OpenAPI schema gives. The name keeps prettier to TypeScript and git away.
set -e
made=src/api/.check.d.ts
trap 'rm -f $made' EXIT
openapi-typescript src/api/schema.yaml -o $made >/dev/null
prettier --write --log-level silent $made
cmp -s $made src/api/schema.d.ts || { echo "src/api/schema.d.ts is not what the API is now: run make client" >&2; exit 1; }
