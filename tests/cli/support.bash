# Words for the scripts beside this file.

# expect_code CODE COMMAND…: runs it with stdout in `out` and stderr in `err`; its exit code must be CODE.
expect_code() {
  local expected=$1 actual=0
  shift
  "$@" > out 2> err || actual=$?
  if [ "$actual" != "$expected" ]; then
    echo "exit code $actual instead of $expected: $*" >&2
    cat err >&2
    return 1
  fi
}

# expect_text FILE TEXT: the file contains the text.
expect_text() {
  grep -qF -- "$2" "$1" || { echo "no \"$2\" in $1:" >&2; cat "$1" >&2; return 1; }
}

# expect_same FILE FILE
expect_same() {
  cmp -- "$1" "$2" || { diff -- "$1" "$2" | head -20 >&2; return 1; }
}

# skip_with_sanitizers WHY: ends the script as skipped where the command is built with them.
skip_with_sanitizers() {
  grep -q __asan_init "$KAPPA" || return 0
  echo "skipped: $1" >&2
  exit 77
}
