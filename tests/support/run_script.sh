#!/usr/bin/env bash
# Runs one script in an empty folder of its own, which is removed afterwards; any failing command fails the script.
set -eu
script=$(realpath "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
bash -eu -o pipefail "$script"
