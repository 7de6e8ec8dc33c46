# A reader that goes away is no error to talk about.
source "$KAPPA_SOURCE/tests/cli/support.bash"
seq 1 300000 | "$KAPPA" append numbers -q
set +o pipefail
"$KAPPA" read numbers 2> err | head -1 > out
[ "$(cat out)" = 1 ]
[ ! -s err ]
