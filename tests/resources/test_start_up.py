"""What a plugin process imports before it is asked for a plan: Terraform starts three of them for one plan."""

from __future__ import annotations

import subprocess
import sys


def test_the_schemas_need_none_of_the_heavy_libraries() -> None:
    program = (
        "import sys, provider.resources.registry; "
        "print([m for m in ('pydantic', 'sqlalchemy', 'yaml', 'libvirt', 'alembic', 'requests') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_plan_needs_neither_libvirt_nor_migrations_nor_an_orm() -> None:
    program = (
        "import sys, provider.backend.embedded; "
        "print([m for m in ('libvirt', 'alembic', 'sqlalchemy.orm', 'dbos') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
