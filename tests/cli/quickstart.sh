# The quickstart on a package history of its own says that live equals replay; where a difference is planted (a replay
# of another view than the one that ran) it says so and exits with 1.
for hour in 08 09 10 11; do
  for minute in $(seq 10 59); do
    echo "2026-01-31 $hour:$minute:00 startup archives unpack"
    echo "2026-01-31 $hour:$minute:01 install package$minute:amd64 <none> 1.$minute"
    echo "2026-01-31 $hour:$minute:02 upgrade library:amd64 1.$minute 2.\"$minute\\"
    echo "2026-01-31 $hour:$minute:03 status installed package$minute:amd64 1.$minute"
  done
done > dpkg.log

"$KAPPA_SOURCE/docs/quickstart.sh" dpkg.log > output 2> errors
tail -n 1 output | grep -qx 'live = replay'
grep -q '2026-01-31 11:00:00 *50 *50' output
grep -q '^  tail: + {"hour":"2026-01-31T10:00:00"' output
[ ! -s errors ] || ! grep -i 'killed' errors

cat > planted <<'SCRIPT'
#!/usr/bin/env bash
if [ "$1" = replay ]; then
  sed "s/action = 'upgrade'/action = 'remove'/" "$2" > other.sql
  set -- replay other.sql "${@:3}"
fi
exec "$REAL" "$@"
SCRIPT
chmod +x planted
status=0
REAL=$KAPPA KAPPA=$PWD/planted "$KAPPA_SOURCE/docs/quickstart.sh" dpkg.log > output 2> errors || status=$?
[ "$status" = 1 ]
tail -n 1 output | grep -q '^live != replay'

status=0
echo 'no history' > empty.log
"$KAPPA_SOURCE/docs/quickstart.sh" empty.log > output 2> errors || status=$?
[ "$status" = 3 ]
grep -q 'give it a dpkg.log' errors
