#!/usr/bin/env bash
# Plans a change. comment.md is for who reviews it, reviewed/ is what its merge applies; what is refused leaves none.
set -euo pipefail
tree=$(git rev-parse 'HEAD^{tree}') # the plan belongs to exactly these files

terraform init
qualit cost . --out saved.tfplan --format markdown > comment.md
terraform show -json saved.tfplan > plan.json
qualit cost plan.json --format json > cost.json
echo >> comment.md
python3 policy.py < cost.json 2>> comment.md
mkdir -p reviewed
mv saved.tfplan "reviewed/$tree.tfplan"
