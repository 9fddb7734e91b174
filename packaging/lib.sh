# Sourced by the scripts beside it: one line a step, the details in a log, its last lines where a step fails.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
tools=${QUALIT_TOOLS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/qualit/tools}
log=$root/build/logs/$(basename "$0" .sh).log

start_log() {
    mkdir -p "$(dirname "$log")"
    : >"$log"
}

# step WHAT COMMAND...: say what is done, and do it.
step() {
    local what=$1
    shift
    printf '==> %s\n' "$what" | tee -a "$log"
    # In an `if` the shell would not stop at a failing command inside a function: hence the subshell of its own.
    local status=0
    set +e
    (set -e; "$@") >>"$log" 2>&1 </dev/null
    status=$?
    set -e
    [ "$status" -eq 0 ] || fail "That failed with exit code $status."
}

fail() {
    printf '%s\n' "$*" >&2
    if [ -s "$log" ]; then
        printf 'The last lines of %s:\n' "${log#"$PWD"/}" >&2
        tail -n 25 "$log" | sed 's/^/    /' >&2
    fi
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "This needs root, and sudo is not installed: run as root: $*" >&2
        return 1
    fi
}

# The first Python that is new enough and can make environments.
find_python() {
    local candidate
    for candidate in python3.11 python3 /usr/bin/python3; do
        if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}
