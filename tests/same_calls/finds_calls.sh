# The comparison finds a call that one of the two leaves out.
source "$KAPPA_SOURCE/tests/same_calls/histories.bash"
form=unsynced
if perform append 2> found; then
  echo "a sync of data that is left out passes for the same" >&2
  exit 1
fi
grep -q '^< sync_data ' found || { cat found >&2 && exit 1; }
