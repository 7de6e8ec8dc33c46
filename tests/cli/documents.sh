# Runs the console blocks of the documents in order, each in a folder of its own: output (… stands for anything) and exit
# codes as shown.
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
    { echo "docs/$document: $command"; printf '  expected: %s\n' "${expected[@]}"; printf '  actual:   %s\n' "${actual[@]}"; } >&2
  fi
  command='' ; expected=()
}

run_document() {
  local inside=0 line
  while IFS= read -r line; do
    case $inside:$line in
      0:'```console') inside=1 ;;
      1:'```') run_command; inside=0 ;;
      1:'$ '*) run_command; command=${line#'$ '} ;;
      1:*) expected+=("$line") ;;
    esac
  done < "$KAPPA_SOURCE/docs/$document"
}

for document in cli.md sql.md; do
  mkdir "$document.folder"
  cd "$document.folder"
  run_document
  cd ..
done
[ $failures = 0 ]
