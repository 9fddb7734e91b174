#!/usr/bin/env bash
# Fails where the servers are not what is merged; comment.md says what an update would do about it.
set -euo pipefail

qualit cost . --format markdown > comment.md
pulumi preview --refresh --expect-no-changes --non-interactive --color never
