# Runs the console blocks of docs/cli.md in order, in one folder: output (… stands for anything) and exit codes as shown.
mkdir bin
ln -s "$KAPPA" bin/kappa
PATH=$PWD/bin:$PATH
command='' ; expected=() ; failures=0

run_command() {
  [ -n "$command" ] || return 0
  local actual=() i pattern
  mapfile -t actual < <(bash -c "$command" 2>&1 < /dev/null || echo "[exit $?]")
  local wrong=$(( ${#actual[@]} != ${#expected[@]} ))
  for i in "${!expected[@]}"; do
    pattern=$(printf '%s' "${expected[i]}" | sed 's/[][\\*?]/\\&/g; s/…/*/g')
    [[ ${actual[i]:-} == $pattern ]] || wrong=1
  done
  if [ $wrong = 1 ]; then
    failures=$((failures + 1))
    { echo "docs/cli.md: $command"; printf '  expected: %s\n' "${expected[@]}"; printf '  actual:   %s\n' "${actual[@]}"; } >&2
  fi
  command='' ; expected=()
}

inside=0
while IFS= read -r line; do
  case $inside:$line in
    0:'```console') inside=1 ;;
    1:'```') run_command; inside=0 ;;
    1:'$ '*) run_command; command=${line#'$ '} ;;
    1:*) expected+=("$line") ;;
  esac
done < "$KAPPA_SOURCE/docs/cli.md"
[ $failures = 0 ]
