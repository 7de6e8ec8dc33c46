# A reader that goes away is no error to talk about.
source "$KAPPA_SOURCE/tests/cli/support.bash"
seq 1 300000 | "$KAPPA" append numbers -q
set +o pipefail
"$KAPPA" read numbers 2> err | head -1 > out
[ "$(cat out)" = 1 ]
[ ! -s err ]

# Also where tail has nothing more to print and waits.
timeout 60 "$KAPPA" tail numbers -o -1 2> err | head -1 > out
status=${PIPESTATUS[0]}
[ "$status" = 141 ]
[ "$(cat out)" = 300000 ]
[ ! -s err ]
