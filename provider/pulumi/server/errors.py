"""How a call fails: with a status that the engine understands, and where something exists all the same, its state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import grpc

from provider.pulumi.protocol import google_rpc, pb, rpc


class CallError(Exception):
    """A call that ends without its answer.

    Attributes:
        code: FAILED_PRECONDITION and its like say that nothing was changed; after INTERNAL the engine does not know.
        text: what a person reads.
        kept: what exists all the same and is to be stored.
    """

    def __init__(
        self, text: str, *, code: grpc.StatusCode = grpc.StatusCode.FAILED_PRECONDITION, kept: Any = None
    ) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.kept = kept


def not_finished(id: str, properties: Any, reasons: Sequence[str], *, inputs: Any = None) -> CallError:
    """A resource exists and is paid for, and is not what it should be yet: the engine stores it and tries again."""
    kept = rpc.ErrorResourceInitFailed(id=id, properties=properties, reasons=reasons, inputs=inputs)
    return CallError("\n".join(reasons), code=grpc.StatusCode.ABORTED, kept=kept)


class _Status(NamedTuple):
    code: grpc.StatusCode
    details: str
    trailing_metadata: tuple[tuple[str, bytes], ...]


def status_of(error: CallError) -> Any:
    """The status of an error, its details in the trailer by which gRPC carries them."""
    if error.kept is None:
        return _Status(error.code, error.text, ())
    detail = pb.Any(
        type_url=f"type.googleapis.com/{error.kept.DESCRIPTOR.full_name}", value=error.kept.SerializeToString()
    )
    status = google_rpc.Status(code=error.code.value[0], message=error.text, details=[detail])
    return _Status(error.code, error.text, (("grpc-status-details-bin", status.SerializeToString()),))
