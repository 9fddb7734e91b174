#!/usr/bin/env bash
# Resolve every *.in file to a lock with the hashes of all that it names, without index or download addresses.
# Called by `make lock`, which a change of a dependency needs. Find-links and indexes of this machine stay out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for source in requirements.in packaging/tools/*/requirements.in; do
    echo "==> Resolving $source"
    env -u PIP_FIND_LINKS CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/pip-compile "$@" --quiet --no-config \
        --generate-hashes --allow-unsafe --strip-extras --annotation-style=line \
        --no-emit-options --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
        --output-file "${source%.in}.lock" "$source"
done
