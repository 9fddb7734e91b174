"""This process's own certificate for mutual TLS, made afresh at each start.

It is written as DER by hand, with key and signature made by the cryptography package: importing that package's
X.509 and serialization parts would take longer than everything else before the handshake.
"""

from __future__ import annotations

import os
import time
from binascii import b2a_base64
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "localhost"
"""The name that the host program checks."""

_VALID_SECONDS = 30 * 365 * 24 * 3600
_CLOCK_TOLERANCE = 300

_ECDSA_WITH_SHA256 = bytes.fromhex("06082a8648ce3d040302")
_COMMON_NAME = bytes.fromhex("0603550403")
_BASIC_CONSTRAINTS = bytes.fromhex("0603551d13")
_KEY_USAGE = bytes.fromhex("0603551d0f")
_EXTENDED_KEY_USAGE = bytes.fromhex("0603551d25")
_ALTERNATIVE_NAME = bytes.fromhex("0603551d11")
_SERVER_AUTHENTICATION = bytes.fromhex("06082b06010505070301")
_TRUE = bytes.fromhex("0101ff")
_DIGITAL_SIGNATURE = bytes.fromhex("03020780")
_EC_PUBLIC_KEY = bytes.fromhex("06072a8648ce3d0201")
_P256 = bytes.fromhex("06082a8648ce3d030107")
_COORDINATE = 32
_VERSION_1 = bytes.fromhex("020101")
_VERSION_3 = bytes.fromhex("a003020102")


class Certificate(NamedTuple):
    """``der`` is the certificate; ``key_pem`` its private key, which never leaves this process's own folder."""

    der: bytes
    key_pem: bytes


def make_certificate() -> Certificate:
    """A self-signed certificate for ``localhost`` with a new P-256 key (RFC 5280, RFC 5480, RFC 5915)."""
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.private_numbers()
    x, y = numbers.public_numbers.x, numbers.public_numbers.y
    point = _tagged(0x03, b"\0\x04" + x.to_bytes(_COORDINATE, "big") + y.to_bytes(_COORDINATE, "big"))
    algorithm = _sequence(_ECDSA_WITH_SHA256)
    name = _sequence(_tagged(0x31, _sequence(_COMMON_NAME, _tagged(0x0C, HOST.encode()))))
    now = int(time.time())
    body = _sequence(
        _VERSION_3,
        _tagged(0x02, b"\x40" + os.urandom(15)),
        algorithm,
        name,
        _sequence(_instant(now - _CLOCK_TOLERANCE), _instant(now + _VALID_SECONDS)),
        name,
        _sequence(_sequence(_EC_PUBLIC_KEY, _P256), point),
        _tagged(0xA3, _extensions()),
    )
    signature = key.sign(body, ec.ECDSA(hashes.SHA256()))
    secret = numbers.private_value.to_bytes(_COORDINATE, "big")
    key_der = _sequence(_VERSION_1, _tagged(0x04, secret), _tagged(0xA0, _P256), _tagged(0xA1, point))
    return Certificate(_sequence(body, algorithm, _tagged(0x03, b"\0" + signature)), _pem("EC PRIVATE KEY", key_der))


def _pem(label: str, der: bytes) -> bytes:
    return f"-----BEGIN {label}-----\n{b2a_base64(der).decode()}-----END {label}-----\n".encode()


def _extensions() -> bytes:
    alternative_names = _sequence(_tagged(0x82, HOST.encode()))
    return _sequence(
        _sequence(_BASIC_CONSTRAINTS, _TRUE, _tagged(0x04, _sequence())),
        _sequence(_KEY_USAGE, _TRUE, _tagged(0x04, _DIGITAL_SIGNATURE)),
        _sequence(_EXTENDED_KEY_USAGE, _tagged(0x04, _sequence(_SERVER_AUTHENTICATION))),
        _sequence(_ALTERNATIVE_NAME, _tagged(0x04, alternative_names)),
    )


def _instant(seconds: int) -> bytes:
    """UTCTime up to 2049, GeneralizedTime after it."""
    moment = time.gmtime(seconds)
    if moment.tm_year < 2050:
        return _tagged(0x17, time.strftime("%y%m%d%H%M%SZ", moment).encode())
    return _tagged(0x18, time.strftime("%Y%m%d%H%M%SZ", moment).encode())


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(digits))) + digits + content
