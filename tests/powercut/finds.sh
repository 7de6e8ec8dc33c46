#!/usr/bin/env bash
# finds.sh KAPPA_POWERCUT MISTAKE: succeeds if the mistake is found, whatever it did.
set -u
"$1" --fs ext4 --cuts 100 --planted "$2"
code=$?
case $code in
  1) exit 0 ;;
  0) echo "100 cuts have not found $2" >&2 && exit 1 ;;
  *) exit "$code" ;;
esac
