"""Signs webhooks, and verifies them for receivers.

The digest covers time, id and body, so that none of them can be exchanged and an old message cannot be played back
(reliability.md, section 2.2). What this does not stop: a receiver that keeps its secret badly, and the same message
delivered twice within the window; deliveries are at least once, so receivers remember the ids they have seen.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from enum import StrEnum

from intake.storage.ids import is_id

EVENT_ID = "Intake-Event-Id"
TIMESTAMP = "Intake-Timestamp"
SIGNATURE = "Intake-Signature"
# Names the way of signing, so that a later one can stand beside it in the same header.
_VERSION = "v1"
# How far the clocks of sender and receiver may differ, seconds: five minutes, reliability.md, section 2.2.
TOLERANCE_S = 300
# Unix seconds have ten digits until the year 2286. No sign, no dot, no space: what is signed has one reading only.
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
# HMAC-SHA256 in hexadecimal.
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
# A sender that changes its secret sends two signatures; a header with hundreds is somebody's try.
_MOST_SIGNATURES = 8


class SignatureFault(StrEnum):
    """Why a message is not taken for ours."""

    MALFORMED = "webhook-signature-malformed"
    WRONG = "webhook-signature-wrong"
    TOO_OLD = "webhook-too-old"
    TOO_NEW = "webhook-from-the-future"


_TEXTS = {
    SignatureFault.MALFORMED: f"{EVENT_ID}、{TIMESTAMP} 或 {SIGNATURE} 头缺失或格式不对；请按文档原样读取这三个头。",
    SignatureFault.WRONG: "签名与内容不符；请核对密钥，并对收到的原始字节（不是重新生成的 JSON）计算。",
    SignatureFault.TOO_OLD: "时间戳早于允许范围；请校准本机时钟，若时钟无误则这是重放，请丢弃。",
    SignatureFault.TOO_NEW: "时间戳晚于允许范围；请校准本机时钟。",
}


class SignatureRefused(Exception):
    """The message must not be trusted; the text says why, in Chinese."""

    def __init__(self, fault: SignatureFault) -> None:
        super().__init__(_TEXTS[fault])
        self.code = fault.value


def sign(secret: bytes, *, timestamp_s: int, event_id: str, body: bytes) -> str:
    """The signature header of a message.

    Args:
        secret: Shared with the receiver.
        timestamp_s: Unix seconds of this try.
        event_id: Of the event, the same over all tries.
        body: The exact bytes that are sent.
    """
    return f"{_VERSION}={_digest(secret, timestamp=str(timestamp_s), event_id=event_id, body=body)}"


def signed_headers(secret: bytes, *, timestamp_s: int, event_id: str, body: bytes) -> dict[str, str]:
    """The three headers that a message carries; the arguments are those of `sign`."""
    return {
        EVENT_ID: event_id,
        TIMESTAMP: str(timestamp_s),
        SIGNATURE: sign(secret, timestamp_s=timestamp_s, event_id=event_id, body=body),
    }


def verify_signature(
    secret: bytes,
    *,
    body: bytes,
    event_id: str,
    timestamp: str,
    signature: str,
    now_s: float,
    tolerance_s: int = TOLERANCE_S,
) -> None:
    """Returns when the message is ours and fresh.

    Args:
        secret: Shared with the sender.
        body: The bytes as they were received.
        event_id: The text of the `Intake-Event-Id` header.
        timestamp: The text of the `Intake-Timestamp` header.
        signature: The text of the `Intake-Signature` header.
        now_s: Unix seconds of the receiver's clock.
        tolerance_s: How far the timestamp may lie from it, either way; exactly as far is still fresh.

    Raises:
        SignatureRefused: It is not; the signature is looked at before the time, so that a stranger learns nothing.
    """
    # An id with a dot in it could take bytes from the front of the body without changing what is signed.
    if not is_id(event_id) or not _SECONDS.fullmatch(timestamp):
        raise SignatureRefused(SignatureFault.MALFORMED)
    given = _signatures(signature)
    expected = _digest(secret, timestamp=timestamp, event_id=event_id, body=body)
    # Every one is compared, each in the same time whatever it is.
    if not any([hmac.compare_digest(expected, one) for one in given]):
        raise SignatureRefused(SignatureFault.WRONG)
    age_s = now_s - int(timestamp)
    if age_s > tolerance_s:
        raise SignatureRefused(SignatureFault.TOO_OLD)
    if age_s < -tolerance_s:
        raise SignatureRefused(SignatureFault.TOO_NEW)


def _signatures(header: str) -> list[str]:
    """The digests of our version in a header; parts of other versions are passed over."""
    pairs = [part.strip().partition("=") for part in header.split(",", _MOST_SIGNATURES)]
    found = [value for version, _, value in pairs if version == _VERSION and _DIGEST.fullmatch(value)]
    if not found or len(pairs) > _MOST_SIGNATURES:
        raise SignatureRefused(SignatureFault.MALFORMED)
    return found


def _digest(secret: bytes, *, timestamp: str, event_id: str, body: bytes) -> str:
    return hmac.new(secret, f"{timestamp}.{event_id}.".encode() + body, hashlib.sha256).hexdigest()
