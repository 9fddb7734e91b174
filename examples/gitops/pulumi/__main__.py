"""The servers of this repository."""

import pulumi_qualit as qualit

web = qualit.Vps(
    "web",
    name="web-1",
    offer="vps-2",
    term_months=3,
)
