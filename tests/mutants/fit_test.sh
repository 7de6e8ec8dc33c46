#!/usr/bin/env bash
# In every test run: each planted fault still fits the tree, and names a test that there is; and whatever fits no more
# is told by name. Whether they are caught takes long: ./dev mutants.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
# shellcheck source=tests/mutants/entries.bash
source "$here/entries.bash"
readonly faults_min=40

# Of the present entry, with `root` the tree.
fits_the_tree() {
  local i suite content
  for i in "${!files[@]}"; do
    load_file "$root/${files[i]}"
    fits "${old[i]}" || printf '%s\n%s' "$name: these lines are not in ${files[i]} exactly once:" "${old[i]}"
    [ "${old[i]}" != "${new[i]}" ] || echo "$name: changes nothing"
  done
  # PREFIX/SUITE.TEST/PARAMETER, any of them with stars.
  for suite in ${filter//:/ }; do
    suite=${suite%%.*}
    suite=${suite##*/}
    suite=${suite//\*/}
    [[ $suites == *"$suite"* ]] || echo "$name: there is no suite $suite"
  done
  [[ ${all/$'\n'$name$'\n'/$'\n'} != *$'\n'$name$'\n'* ]] || echo "$name: stands there twice"
}

complaints_in() {
  root=$1
  on_fault() { fits_the_tree; }
  for_each_fault tests/mutants/*.faults
}

suites=$(grep -rhoE '^TEST(_F|_P)?\([A-Za-z0-9]+' tests --include='*.cpp' | sed 's/.*(//' | sort -u)
all=$'\n'$(sed -n 's/^fault //p' tests/mutants/*.faults)$'\n'
complaints=$(complaints_in .)
[ -z "$complaints" ] || { echo "$complaints" >&2 && exit 1; }
[ "$(wc -w <<<"$all")" -ge $faults_min ] || { echo "fewer than $faults_min faults" >&2 && exit 1; }

# That this can fail: in a tree where the lines of one are gone, and those of another stand twice, both are told.
other=$(mktemp -d)
trap 'rm -rf "$other"' EXIT
cp -r log replay processor "$other"
sed -i 's/head.store(HeadPage::kDirty, 1);/head.store(HeadPage::kDirty, 2);/' "$other/log/protocol/append.cpp"
told=$(root=$other && complaints_in "$other")
grep -q '^low-after-the-draw' <<<"$told" && { echo "told of one that fits" >&2 && exit 1; }
line='  const bool durable = head.durable().end.point.last_sequence >= sequence;'
sed -i "s/^${line//./\\.}\$/&\n&/" "$other/log/protocol/group_commit.cpp"
sed -i '/end.point = after(end.point, written);/d' "$other/log/protocol/append.cpp"
told=$(complaints_in "$other")
for name in acknowledged-before-the-sync clean-before-the-end-is-told; do
  grep -q "^$name: these lines are not in" <<<"$told" || { echo "not told of $name: $told" >&2 && exit 1; }
done
