"""The signature is what docs/webhooks.md promises, and nothing that differs passes."""

from __future__ import annotations

import hashlib
import hmac
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.webhooks.signature import SignatureRefused, sign, signed_headers, verify_signature

SECRET = b"0123456789abcdef"
EVENT = "a1" * 20
BODY = b'{"event":"submission.scored"}'
AT = 1_790_000_000


def independent(secret: bytes, timestamp: str, event_id: str, body: bytes) -> str:
    """RFC 2104 written out, so that the test does not trust the library call that it checks."""
    block = (secret if len(secret) <= 64 else hashlib.sha256(secret).digest()).ljust(64, b"\0")
    message = timestamp.encode() + b"." + event_id.encode() + b"." + body
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + message).digest()
    return "v1=" + hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).hexdigest()


def verify(
    *, secret: bytes = SECRET, body: bytes = BODY, event_id: str = EVENT, timestamp: str = str(AT),
    signature: str | None = None, now_s: float = AT, tolerance_s: int = 300,
) -> None:  # fmt: skip
    right = sign(SECRET, timestamp_s=AT, event_id=EVENT, body=BODY)
    verify_signature(
        secret, body=body, event_id=event_id, timestamp=timestamp, now_s=now_s, tolerance_s=tolerance_s,
        signature=right if signature is None else signature,
    )  # fmt: skip


def code_of(**changed: object) -> str:
    with pytest.raises(SignatureRefused) as refused:
        verify(**changed)  # type: ignore[arg-type]
    assert "\n" not in str(refused.value) and str(refused.value)
    return refused.value.code


@given(
    secret=st.binary(min_size=1, max_size=200), at=st.integers(0, 10**11), body=st.binary(max_size=300),
    event_id=st.text("0123456789abcdef", min_size=40, max_size=40),
)  # fmt: skip
def test_signature_is_hmac_sha256_over_time_id_and_body(secret: bytes, at: int, event_id: str, body: bytes) -> None:
    made = sign(secret, timestamp_s=at, event_id=event_id, body=body)
    assert made == independent(secret, str(at), event_id, body)
    headers = signed_headers(secret, timestamp_s=at, event_id=event_id, body=body)
    assert headers == {"Intake-Event-Id": event_id, "Intake-Timestamp": str(at), "Intake-Signature": made}
    verify_signature(secret, body=body, event_id=event_id, timestamp=str(at), signature=made, now_s=at)


@given(body=st.binary(min_size=1, max_size=200), data=st.data())
def test_any_changed_byte_changes_the_signature(body: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    turned = data.draw(st.integers(1, 255))
    changed = body[:place] + bytes([body[place] ^ turned]) + body[place + 1 :]
    made = sign(SECRET, timestamp_s=AT, event_id=EVENT, body=body)
    assert made != sign(SECRET, timestamp_s=AT, event_id=EVENT, body=changed)
    with pytest.raises(SignatureRefused):
        verify_signature(SECRET, body=changed, event_id=EVENT, timestamp=str(AT), signature=made, now_s=AT)


def test_other_secret_time_or_id_is_wrong() -> None:
    verify()
    assert code_of(secret=b"another") == "webhook-signature-wrong"
    assert code_of(timestamp=str(AT + 1)) == "webhook-signature-wrong"
    assert code_of(event_id="a2" * 20) == "webhook-signature-wrong"
    assert code_of(body=BODY + b" ") == "webhook-signature-wrong"
    assert code_of(body=b"") == "webhook-signature-wrong"


@pytest.mark.parametrize("early", ["0", "+", " ", "00"])
def test_time_has_one_way_of_writing(early: str) -> None:
    assert code_of(timestamp=early + str(AT)) in {"webhook-signature-wrong", "webhook-signature-malformed"}


def test_bytes_cannot_move_from_the_body_into_the_id() -> None:
    """What is signed would be the same: time.id.{"score":0 . 5} — the id would only have become longer."""
    body = b'{"score":0.5}'
    made = sign(SECRET, timestamp_s=AT, event_id=EVENT, body=body)
    moved = {"event_id": EVENT + '.{"score":0', "body": b"5}", "signature": made}
    joined = f"{AT}.{moved['event_id']}.".encode() + b"5}"
    assert joined == f"{AT}.{EVENT}.".encode() + body
    assert code_of(**moved) == "webhook-signature-malformed"


@pytest.mark.parametrize(
    ("age_s", "code"),
    [(299, None), (300, None), (301, "webhook-too-old"), (-299, None), (-300, None), (-301, "webhook-from-the-future")],
)
def test_replay_window(age_s: int, code: str | None) -> None:
    if code is None:
        verify(now_s=AT + age_s)
    else:
        assert code_of(now_s=AT + age_s) == code


def test_narrower_window() -> None:
    verify(now_s=AT + 10, tolerance_s=10)
    assert code_of(now_s=AT + 10.5, tolerance_s=10) == "webhook-too-old"


def test_a_stranger_learns_nothing_about_the_clock() -> None:
    assert code_of(secret=b"another", now_s=AT + 10_000) == "webhook-signature-wrong"


@pytest.mark.parametrize(
    "header",
    ["", "v1", "v1=", "v1=xyz", "v1=" + "a" * 63, "v1=" + "a" * 65, "v1=" + "A" * 64, "v2=" + "a" * 64, "=" * 50,
     "v1=" + "ä" * 64, ",".join(["v1=" + "a" * 64] * 9), "，".join(["v1=" + "a" * 64] * 2)],
)  # fmt: skip
def test_malformed_header(header: str) -> None:
    assert code_of(signature=header) == "webhook-signature-malformed"


@pytest.mark.parametrize("event_id", ["", "A1" * 20, "a1" * 19, "a1" * 21, "a1" * 20 + "\n", "é" * 40])
def test_malformed_id(event_id: str) -> None:
    assert code_of(event_id=event_id) == "webhook-signature-malformed"


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "1.5", "now", "１２３", "1" * 13, f"{AT}\n"])
def test_malformed_time(timestamp: str) -> None:
    assert code_of(timestamp=timestamp) == "webhook-signature-malformed"


def test_one_of_several_signatures_is_enough() -> None:
    right = sign(SECRET, timestamp_s=AT, event_id=EVENT, body=BODY)
    verify(signature=f"v1={'0' * 64}, {right}, v9=later")
    assert code_of(signature=f"v1={'0' * 64},v1={'1' * 64}") == "webhook-signature-wrong"


@given(st.text(max_size=100), st.text(max_size=60), st.text(max_size=20))
def test_whatever_the_headers_hold_it_is_refused(signature: str, event_id: str, timestamp: str) -> None:
    assert code_of(signature=signature, event_id=event_id, timestamp=timestamp).startswith("webhook-signature-")


def guide() -> str:
    return (Path(__file__).parents[4] / "docs" / "webhooks.md").read_text(encoding="utf-8")


def test_the_guides_python_example_agrees() -> None:
    """The receiver's fifteen lines, as printed, take our message and no other."""
    code = guide().split("```python\n")[1].split("```")[0]
    assert len(code.strip().splitlines()) <= 15
    space: dict[str, object] = {}
    exec(compile(code, "docs/webhooks.md", "exec"), space)
    genuine = space["genuine"]
    assert callable(genuine)
    headers = signed_headers(SECRET, timestamp_s=AT, event_id=EVENT, body=BODY)
    assert genuine(headers, BODY, SECRET, now=AT + 300) is True
    assert genuine(headers, BODY, SECRET, now=AT + 301) is False
    assert genuine(headers, BODY + b" ", SECRET, now=AT) is False
    assert genuine(headers, BODY, b"another", now=AT) is False
    assert genuine({**headers, "Intake-Event-Id": EVENT + "."}, BODY, SECRET, now=AT) is False
    assert genuine({**headers, "Intake-Timestamp": "soon"}, BODY, SECRET, now=AT) is False


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
def test_the_guides_shell_example_agrees(tmp_path: Path) -> None:
    script = guide().split("```sh\n")[1].split("```")[0]
    (tmp_path / "body.json").write_bytes(BODY)
    given_values = f"secret={SECRET.decode()} timestamp={AT} event_id={EVENT}\n"
    done = subprocess.run(["sh", "-c", given_values + script], cwd=tmp_path, capture_output=True, text=True, check=True)
    expected = hmac.new(SECRET, f"{AT}.{EVENT}.".encode() + BODY, hashlib.sha256).hexdigest()
    assert done.stdout.strip() == f"v1={expected}"
