#!/usr/bin/env bash
# Applies the plan that was reviewed of exactly these files, or nothing; comment.md says why not.
set -euo pipefail
plan=reviewed/$(git rev-parse 'HEAD^{tree}').tfplan

not_applied() {
  {
    echo "**Not applied as it was reviewed:** $1."
    if [ -f apply.log ]; then
      printf '\n~~~\n'
      tail -n 40 apply.log
      printf '~~~\n'
    fi
    printf '\nWhat is merged and not applied, planned anew:\n\n'
    qualit cost . --format markdown || true
    printf '\nTo approve that, open a change again; an empty commit is enough: git commit --allow-empty.\n'
  } > comment.md
  exit 1
}

terraform init
[ -f "$plan" ] || not_applied "no plan of exactly these files was reviewed in the last three days"
terraform apply -no-color "$plan" 2>&1 | tee apply.log || not_applied "the apply failed"
