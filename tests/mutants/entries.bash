# Reads lists of planted faults; README.md says what they look like. For each fault on_fault is called, a function of
# who includes this, with name, breaks, target, filter, text (the whole entry) and, for each stretch of replaced lines,
# files[i], old[i], new[i].
# shellcheck shell=bash disable=SC2034  # Who includes this uses them.

entry_error() {
  echo "mutants: $1" >&2
  exit 2
}

finish_entry() {
  [ -n "$name" ] || return 0
  [ -n "$breaks" ] && [ -n "$target" ] && [ -n "$filter" ] || entry_error "$name: breaks or caught is missing"
  on_fault
  name=""
}

# begin_stretch LIST:LINE: a stretch begins with the first `-` line after another kind.
add_line() {
  local line=$1 last=$((${#files[@]} - 1))
  [ -n "$file" ] || entry_error "$name: lines before a file"
  if [ "${line:0:1}" = - ] && [ "$before" != - ]; then
    files+=("$file") old+=("") new+=("") last=$((last + 1))
  fi
  [ "$last" -ge 0 ] || entry_error "$name: lines that replace nothing"
  if [ "${line:0:1}" = - ]; then old[last]+=${line:1}$'\n'; else new[last]+=${line:1}$'\n'; fi
}

# Where on_fault has to read something, it must not be standard input.
for_each_fault() {
  local line before="" file=""
  name=""
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      "" | "#"*) ;;
      "fault "*)
        finish_entry
        name=${line#* } breaks="" target="" filter="" file="" text="" files=() old=() new=()
        ;;
      "breaks "*) breaks=${line#* } ;;
      "file "*) file=${line#* } ;;
      "caught "*) read -r _ target filter <<<"$line" ;;
      [-+]*) add_line "$line" ;;
      *) entry_error "not understood: $line" ;;
    esac
    text+=$line$'\n' before=${line:0:1}
  done < <(cat "$@")
  finish_entry
}

# Sets `content` to the file's text with a line feed in front, so that whole lines can be looked for.
load_file() {
  content=""
  [ -f "$1" ] || return 0
  IFS= read -r -d "" content <"$1" || true
  content=$'\n'$content
}

# fits OLD: it stands exactly once in `content`, as whole lines.
fits() {
  local old=$'\n'$1
  [[ $content == *"$old"* ]] || return 1
  # The line feed before its second place may be its own last one.
  local rest=${content%%"$old"*}
  [[ $'\n'${content:${#rest}+${#old}} != *"$old"* ]]
}

# replace FILE OLD NEW
replace() {
  local content
  load_file "$1"
  content=${content/$'\n'"$2"/$'\n'"$3"}
  printf '%s' "${content#$'\n'}" >"$1"
}
