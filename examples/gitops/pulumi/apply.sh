#!/usr/bin/env bash
# Does what was reviewed of exactly these files, at the prices that were reviewed, or nothing; comment.md says why not.
set -euo pipefail
report=reviewed/$(git rev-parse 'HEAD^{tree}').json

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

[ -f "$report" ] || not_applied "no preview of exactly these files was reviewed in the last three days"
qualit cost . --reviewed "$report" 2> apply.log || not_applied "it is not what was reviewed any more"
pulumi up --yes --skip-preview --non-interactive --color never 2>&1 | tee -a apply.log || not_applied "the update failed"
