# Written by `python -m provider.pulumi.sdk` from the resource model; change that, not this.
"""The provider's configuration: ``pulumi config set qualit:NAME VALUE``."""

from __future__ import annotations

PACKAGE = "qualit"

SETTINGS = ("home", "databaseUrl", "libvirtUri", "catalogue", "testClock", "paymentMethod", "paymentGateway")
"""The names that can be set; each has an environment variable too."""

WRITTEN = "__written"
"""Among inputs and state: the names of the inputs that the program wrote."""
ADOPT = "__adopt"
"""Among inputs: the import id of what is taken into management in place of buying it (the option ``import_``)."""
MARKED = "__secret"
"""Among inputs: the names of those that are secrets."""
URN = "__urn"
"""Among inputs and state: the resource's URN, at which notices stand. Pulumi does not tell it to a dynamic provider."""
PREVIEWED = "__previewed"
"""Among inputs: that this is a preview, which Pulumi does not tell either."""
