#!/usr/bin/env bash
# step.sh WHAT COMMAND...: run one command of the Makefile quietly; see `step` in lib.sh.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

log=$root/build/logs/$(basename "$2" .sh).log
start_log
step "$@"
