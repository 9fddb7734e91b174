# Written by `python -m provider.pulumi.sdk` from the resource model; change that, not this.
"""The provider's configuration: ``pulumi config set qualit:NAME VALUE``."""

from __future__ import annotations

PACKAGE = "qualit"

SETTINGS = ("home", "databaseUrl", "libvirtUri", "catalogue", "testClock", "paymentMethod")
"""The names that can be set; each has an environment variable too."""
