#!/usr/bin/env bash
# Plans a change. comment.md is for who reviews it, reviewed/ is what its merge may do; what is refused leaves none.
set -euo pipefail
tree=$(git rev-parse 'HEAD^{tree}') # the report belongs to exactly these files

qualit cost . --out preview.json --format markdown > comment.md
qualit cost preview.json --format json > cost.json
echo >> comment.md
python3 policy.py < cost.json 2>> comment.md
mkdir -p reviewed
mv cost.json "reviewed/$tree.json"
