"""The distribution ``qualit``: the plugins and the command line, and with extras the platform and the SDK."""

from __future__ import annotations

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent


def version() -> str:
    """The version, which stands in provider/__init__.py alone; read without importing what is not installed yet."""
    found = re.search(r'^__version__ = "([^"]+)"$', (HERE / "provider" / "__init__.py").read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError('provider/__init__.py has no line `__version__ = "..."`')
    return found[1]


CLIENT = [
    "cryptography>=45",
    "grpcio>=1.78,<2",
    "msgpack>=1.1,<2",
    "protobuf>=6.30,<7",
    "pydantic>=2.11,<3",
    "PyYAML>=6,<7",
    "requests>=2.32,<3",
    "rich>=14",
    "typer>=0.20,<1",
]
"""Plugins, resources, commerce and the command line."""

PLATFORM = [
    "alembic>=1.16,<2",
    "dbos>=3.4,<3.5",
    "iso3166>=3",
    "libvirt-python>=9",
    "psycopg[binary]>=3.2,<4",
    "SQLAlchemy>=2.0.40,<3",
    "stella-stdnum>=2.3,<3",
    "stripe>=15,<16",
]
"""What orders, pays and provisions. libvirt-python has no wheel: pip builds it against libvirt's headers."""

setup(
    name="qualit",
    version=version(),
    description="Qual.IT as code: virtual servers, declared, priced in the plan, paid and improved in place",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE", "NOTICE"],
    python_requires=">=3.11",
    packages=find_packages(include=["provider", "provider.*", "pulumi_qualit", "pulumi_qualit.*"]),
    package_data={"": ["*.yaml", "*.binpb", "*.ini", "*.mako", "py.typed"]},
    install_requires=CLIENT,
    extras_require={
        "platform": PLATFORM,
        # What programs in Python need; the native plugin does not import it.
        "pulumi": ["pulumi>=3.200,<4"],
        "development": [
            "grpcio-tools>=1.78,<1.82",
            "hypothesis>=6",
            "import-linter>=2",
            "mypy>=1.18",
            "pip-tools>=7",
            "pytest>=8",
            "pytest-xdist>=3.6",
            "ruff>=0.12",
            "types-grpcio",
            "types-protobuf",
            "types-PyYAML",
            "types-requests",
        ],
    },
    entry_points={"console_scripts": ["qualit = provider.cli.main:main"]},
)
