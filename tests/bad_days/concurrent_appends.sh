# Twenty processes that append to a topic nobody has made yet, in a directory nobody has made yet, beside twenty that
# make it: there is one topic, and every event is there once, each process's in its order.
source "$KAPPA_SOURCE/tests/bad_days/support.bash"
jobs=()
for process in {1..20}; do
  seq 1 50 | sed "s/^/$process /" > "lines.$process"
  "$KAPPA" append events "lines.$process" 2> "append.$process" &
  jobs+=($!)
  { "$KAPPA" topic create events 2> "create.$process" || [ $? = 5 ]; } &
  jobs+=($!)
done
for job in "${jobs[@]}"; do wait "$job" || { cat append.* create.* >&2; exit 1; }; done
[ "$(cat append.* create.* | grep -c '^created topic events')" = 1 ]
[ "$(grep -l 'exists already' create.* | wc -l)" -ge 19 ]
"$KAPPA" topic list > out
[ "$(wc -l < out)" = 2 ]
"$KAPPA" read events > out
[ "$(wc -l < out)" = 1000 ]
for process in {1..20}; do expect_same "lines.$process" <(grep "^$process " out); done
expect_code 0 "$KAPPA" verify
