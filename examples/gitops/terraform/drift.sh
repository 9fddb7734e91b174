#!/usr/bin/env bash
# Fails where the servers are not what is merged; comment.md says what a plan would do about it.
set -euo pipefail

terraform init
qualit cost . --format markdown > comment.md
terraform plan -detailed-exitcode
