# The length of each function of C++ that clang-format has laid out: "FILE NAME LINES". A definition begins at the
# indentation of its scope and ends with the brace at the same indentation; namespaces do not indent.

function indentation(line) { match(line, /^ */); return RLENGTH }
function name_of(line) { sub(/\(.*/, "", line); sub(/.*[ *&]/, "", line); return line }

FNR == 1 { depth = 0; open = 0; scope[0] = 0 }
/^ *$/ || /^ *\/\// || /^#/ { next }
{
  at = indentation($0)
  if (!open) {
    if (depth > 0 && at == scope[depth] - 2 && $0 ~ /^ *}/) { depth--; next }
    if (at != scope[depth] || $0 ~ /^ *}/ || $0 ~ /^ *(extern "C" |inline )?namespace/) next
    if ($0 ~ /^ *template <.*>$/) next
    open = FNR; head = $0; body = 0
  } else if (!body) head = head " " $0
  if ($0 ~ /{$/ && !body) {
    if (head ~ /^ *(template <.*> *)?(class|struct|union) / && head !~ /\) *(const)? *{$/) {
      open = 0
      scope[++depth] = at + 2
      next
    }
    body = 1
  }
  if (body && at == scope[depth] && $0 ~ /^ *}/) {
    if (head ~ /\(/) print FILENAME, name_of(head), FNR - open + 1
    open = 0
  } else if (!body && $0 ~ /[;}]$/) open = 0
}
