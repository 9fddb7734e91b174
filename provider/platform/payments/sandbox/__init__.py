"""The sandbox gateway: a payment gateway with test methods only, which moves no real money.

It stands for the outside world, so it keeps a file of its own, remembers every call, and does what a real gateway
does, the bad days with the good ones: ``methods`` has the test methods, ``faults`` what goes wrong on purpose,
``events`` what it tells afterwards, ``file`` its file, ``call`` one call and ``gateway`` the port. The embedded
platform uses it. For users: `docs/sandbox-gateway.md`.
"""

from __future__ import annotations

from provider.platform.payments.sandbox.file import GATEWAY_FILE
from provider.platform.payments.sandbox.gateway import SandboxGateway
from provider.platform.payments.sandbox.methods import METHODS

__all__ = ["GATEWAY_FILE", "METHODS", "SandboxGateway"]
