#!/usr/bin/env bash
# Run a command as a member of the group libvirt: a user who was added to it a moment ago is one only in a new
# session, or through sg. Called by the Makefile for whatever talks to qemu:///system.
set -euo pipefail

in_group() {
    tr ' ' '\n' | grep -qx libvirt
}

if [ "$(id -u)" -ne 0 ] && ! id -nG | in_group && id -nG "$(id -un)" | in_group; then
    exec sg libvirt -c "$(printf '%q ' "$@")"
fi
exec "$@"
