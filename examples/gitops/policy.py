import json
import sys
from decimal import Decimal

report = json.load(sys.stdin)
problems = [each for project in report["projects"] for each in project["problems"]] + report["failures"]
resources = [each for project in report["projects"] for each in project["breakdown"]["resources"]]
disks = [part for each in resources for part in each["costComponents"] if part["name"] == "additional disk"]
broken = {
    "something is refused": any(each["severity"] == "error" for each in problems),
    "a price is not known": report["summary"]["totalUnknownResources"] > 0,
    "a disk has more than 200 GiB": any(Decimal(disk["monthlyQuantity"] or "Infinity") > 200 for disk in disks),
    "a month costs over 50 more": Decimal(report["diffTotalMonthlyCost"] or "Infinity") > 50,
}
reasons = ", ".join(reason for reason, is_broken in broken.items() if is_broken)
sys.exit(f"**Not allowed by policy.py:** {reasons}." if reasons else 0)
