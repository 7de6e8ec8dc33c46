# Several topics are read and followed as one, in the order of their appends.
source "$KAPPA_SOURCE/tests/cli/support.bash"
"$KAPPA" topic create clicks --partitions 3 -q
: > given
for n in $(seq 1 9); do
  case $((n % 3)) in 0) topic=orders ;; 1) topic=clicks ;; 2) topic=payments ;; esac
  echo "$n" | "$KAPPA" append "$topic" -q 2> err
  echo "$n" >> given
done
expect_code 0 "$KAPPA" read orders clicks payments
expect_same out given
expect_code 0 "$KAPPA" read payments orders clicks -J
expect_same <(cut -d '"' -f 4 out) <(printf 'clicks\npayments\norders\n%.0s' 1 2 3)
expect_code 0 "$KAPPA" read payments orders -n 3
expect_same out <(printf '2\n3\n5\n')
expect_code 0 "$KAPPA" tail clicks payments orders -o start -n 9
expect_same out given

# What comes while it is followed comes in the same order.
mkfifo pipe
"$KAPPA" tail clicks orders -o start -n 8 > pipe &
exec 3< pipe
for n in 1 3 4 6 7 9; do read -r line <&3 && [ "$line" = "$n" ]; done
echo ten | "$KAPPA" append orders -q
read -r line <&3 && [ "$line" = ten ]
echo eleven | "$KAPPA" append clicks -q
read -r line <&3 && [ "$line" = eleven ]
wait $!
exec 3<&-

expect_code 2 "$KAPPA" read orders clicks -o 3
expect_text err 'an offset is one in a topic, and these are several'
expect_code 0 "$KAPPA" read orders clicks -o @-1h:end -n 2
expect_same out <(printf '1\n3\n')
expect_code 2 "$KAPPA" read orders clicks -p 1
expect_code 2 "$KAPPA" tail orders clicks -p 1
expect_code 2 "$KAPPA" read orders orders
expect_text err 'orders is named twice'
expect_code 4 "$KAPPA" read orders order
expect_code 2 "$KAPPA" read orders _catalog
expect_text err '_catalog is written by kappa itself, and is read alone'
expect_code 2 "$KAPPA" read orders clicks --final
