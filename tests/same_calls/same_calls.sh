# What the simulated disk is asked for is what a real run asks of the operating system.
source "$KAPPA_SOURCE/tests/same_calls/histories.bash"
form=real
# All that histories are made of, and a kill behind each of them.
mapfile -t operations < <("$KAPPA_HISTORY" operations)
perform "append roll append seal commit | append own roll repack compact trim | write commit reopen write await expire |
  append remove append | roll roll commit"
for operation in "${operations[@]}"; do
  perform "append roll append roll append $operation | $operation append"
done
# Histories of up to three processes with up to eight operations each.
RANDOM=17
for ((i = 0; i < ${KAPPA_HISTORIES:-20}; ++i)); do
  history=
  for ((processes = 1 + RANDOM % 3; processes > 0; --processes)); do
    for ((n = 1 + RANDOM % 8; n > 0; --n)); do history+=" ${operations[RANDOM % ${#operations[@]}]}"; done
    ((processes == 1)) || history+=" |"
  done
  perform "$history"
done
for call in open read write sync_data sync allocate list make_directory rename remove file_system lock unlock map; do
  grep -q "^$call " all || { echo "no $call was among them" >&2 && exit 1; }
done
echo "$calls calls of $((1 + ${#operations[@]} + i)) histories, simulated and real, are the same"
