#!/usr/bin/env bash
# The main job, end to end, on this machine's own package history (or a dpkg.log given as argument): append events, run
# a view live, tail it, kill it, replay it from offset zero, and compare. $KAPPA is the command. Exit 1 if live and
# replay differ. Everything happens in a temporary folder.
set -euo pipefail

: "${KAPPA:?the path of the kappa command; ./dev quickstart sets it}"
work=$(mktemp -d "${TMPDIR:-/tmp}/kappa-quickstart.XXXXXX")
export KAPPA_DIR=$work/data
run_pid='' tail_pid=''
end() { # Ends a process that is ours, with a signal; the shell's remark about it is not for the reader.
  { kill "-$1" "$2" && wait "$2"; } 2> /dev/null || true
}
cleanup() {
  [ -z "$run_pid" ] || end KILL "$run_pid"
  [ -z "$tail_pid" ] || end KILL "$tail_pid"
  rm -rf "$work"
}
trap cleanup EXIT

say() { printf '\n== %s\n' "$*"; }
show() { # Prints a command as a user would type it, and runs it.
  printf '$ kappa %s\n' "$*"
  "$KAPPA" "$@"
}

# Lines such as `2026-01-31 10:00:00 install zstd:amd64 <none> 1.5` become JSON events; status lines and the like too.
to_json() {
  sed 's/[\\"]/\\&/g' | awk 'function quoted(text) { return "\"" text "\"" }
    $1 ~ /^[0-9-]+$/ && $2 ~ /^[0-9:]+$/ && NF >= 3 {
      package = $3 == "status" ? $5 : $4
      printf "{\"time\":%s,\"action\":%s,\"package\":%s,\"version\":%s}\n", quoted($1 "T" $2), quoted($3),
             quoted(package), quoted($NF)
    }'
}

history() { # The package history, oldest first.
  if [ $# -gt 0 ]; then
    zcat -f -- "$1"
  else
    find /var/log -maxdepth 1 -name 'dpkg.log*' 2>/dev/null | sort -rV | while read -r file; do zcat -f -- "$file"; done
  fi
}

lines() { # lines FILE FIRST LAST
  sed -n "$2,$3p" "$1"
}

start_run() { # Starts a live run and returns once it has caught up.
  rm -f "$work/talk"
  mkfifo "$work/talk"
  "$KAPPA" run "$work/packages.sql" 2> "$work/talk" &
  run_pid=$!
  exec 3< "$work/talk"
  while read -r line <&3; do
    printf '  run: %s\n' "$line"
    case $line in 'caught up'*)
      cat <&3 > /dev/null & # Whatever it says from here on must find a reader.
      return
      ;;
    esac
  done
  echo 'quickstart: the run has ended' >&2
  exit 1
}

changes() { "$KAPPA" read changes_per_hour -q | wc -l; }
until_tail_shows() { # Waits until tail has printed that many changes.
  while [ "$(wc -l < "$work/tail.out")" -lt "$1" ]; do kill -0 "$tail_pid"; read -r -t 0.02 < "$work/never" || true; done
}

history "$@" | to_json > "$work/events.ndjson"
count=$(wc -l < "$work/events.ndjson")
if [ "$count" -lt 8 ]; then
  echo "quickstart: only $count events in ${1:-/var/log/dpkg.log*}; give it a dpkg.log: ./dev quickstart FILE" >&2
  exit 3
fi
half=$((count / 2)) quarter=$((count * 3 / 4))

say "$count events; one half is appended"
lines "$work/events.ndjson" 1 1
lines "$work/events.ndjson" 1 "$half" | show append packages --timestamp-field time

say 'a view, live'
cat > "$work/packages.sql" <<'SQL'
CREATE TABLE packages (time timestamp NOT NULL, action text, package text, version text)
  WITH (event_time = 'time');

CREATE MATERIALIZED VIEW changes_per_hour AS
  SELECT date_trunc('hour', time) AS hour,
         count(*) FILTER (WHERE action = 'install') AS installed,
         count(*) FILTER (WHERE action = 'upgrade') AS upgraded
  FROM packages
  WHERE action IN ('install', 'upgrade')
  GROUP BY 1
  ORDER BY hour DESC;
SQL
cat "$work/packages.sql"
echo '$ kappa run packages.sql &'
start_run

say 'the next quarter is appended while tail shows the changes'
before=$(changes)
echo '$ kappa tail changes_per_hour &'
mkfifo "$work/never"
exec 4<> "$work/never"
"$KAPPA" tail changes_per_hour -o "$before" > "$work/tail.out" 2> /dev/null &
tail_pid=$!
lines "$work/events.ndjson" $((half + 1)) "$quarter" | show append packages --timestamp-field time
if lines "$work/events.ndjson" $((half + 1)) "$quarter" | grep -qE '"action":"(install|upgrade)"'; then
  until_tail_shows 1
fi

say 'the run is killed (kill -9), the rest is appended, the run starts again'
end KILL "$run_pid"
lines "$work/events.ndjson" $((quarter + 1)) "$count" | show append packages --timestamp-field time
start_run
until_tail_shows $(($(changes) - before))
sed 's/^/  tail: /' "$work/tail.out"
end TERM "$run_pid"
run_pid=''

say 'what the live run has'
show read changes_per_hour --final -O table 2> "$work/live.talk"
cat "$work/live.talk"
say 'the same view, replayed from offset zero'
printf '$ kappa replay packages.sql\n'
"$KAPPA" replay "$work/packages.sql" -O table 2> "$work/replay.talk"
cat "$work/replay.talk"

fingerprint() { grep -o 'fingerprint [0-9]*:[0-9a-f]*' "$1" || true; }
live=$(fingerprint "$work/live.talk") replayed=$(fingerprint "$work/replay.talk")
if [ -z "$live" ] || [ "$live" != "$replayed" ]; then
  printf '\nlive != replay: %s, %s\n' "${live:-no fingerprint}" "${replayed:-no fingerprint}"
  exit 1
fi
printf '\nlive = replay\n'
