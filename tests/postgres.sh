#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own: a fresh cluster on a socket in a temporary folder, named by CHORALE_TEST_POSTGRES, and gone at the end.
#   tests/postgres.sh dotnet test
# Where PostgreSQL is missing and this is root on a system with apt-get, it is installed; elsewhere the command runs without it, and the tests that need it are skipped.
set -euo pipefail

[ $# -gt 0 ] || { echo "usage: tests/postgres.sh COMMAND [ARGUMENT...]" >&2; exit 2; }

find_binaries() {
  local folder
  for folder in /usr/lib/postgresql/*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin; do
    [ -x "$folder/initdb" ] && binaries=$folder
  done
  [ -n "${binaries:-}" ] || binaries=$(dirname "$(command -v initdb 2>/dev/null)" 2>/dev/null || true)
  [ -x "${binaries:-}/initdb" ]
}

if ! find_binaries && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq >&2
  # No cluster of the system's is made: each run makes its own.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
fi
if ! find_binaries; then
  echo "PostgreSQL is not installed: its tests are skipped" >&2
  exec "$@"
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/chorale-pg-XXXXXX")
user=(env)
if [ "$(id -u)" -eq 0 ]; then   # initdb refuses root
  chown postgres "$folder"
  chmod 755 "$folder"
  user=(runuser -u postgres --)
fi

stop() {
  (cd / && "${user[@]}" "$binaries/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1) || true
  rm -rf "$folder"
}
trap stop EXIT

(
  cd /
  "${user[@]}" "$binaries/initdb" -D "$folder/data" -U postgres -A trust --no-sync >"$folder/log" 2>&1
  "${user[@]}" "$binaries/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w \
    -o "-k $folder -c listen_addresses='' -c max_connections=200" start >/dev/null
) || { cat "$folder"/*log >&2; exit 1; }

export CHORALE_TEST_POSTGRES="Host=$folder;Username=postgres;Database=postgres"
status=0
"$@" || status=$?
exit "$status"
