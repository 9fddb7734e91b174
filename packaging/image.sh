#!/usr/bin/env bash
# Build the small guest that the demo and the tests boot, and put it into the host's pool, unless it is there.
# Called by `make image`. It is made of Debian packages, which are downloaded and not installed.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

start_log
if ! apt-cache show linux-image-cloud-amd64 >>"$log" 2>&1; then
    step "Fetching Debian's package lists, for the guest image" as_root apt-get update
fi
step "Putting the guest image into place, built once" "$venv/bin/qualit" images build-demo
