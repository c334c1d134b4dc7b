"""One message to a receiver of a test."""

from __future__ import annotations

from intake.webhooks.addresses import Target, parse_callback
from intake.webhooks.send import Answer, Wire, post
from intake.webhooks.signature import signed_headers
from tests.webhook_receiver import Receiver

BODY = '{"event":"submission.scored","note":"é"}'.encode()
EVENT = "c3" * 20
SECRET = b"a secret of the receiver"
AT = 1_790_000_000
# Long enough for this machine under load; a test that should run into its deadline takes a short one.
PATIENT_S = 20.0
SHORT_S = 0.5


def here(*addresses: str) -> Wire:
    """Every name leads to these addresses."""
    return Wire(resolve=lambda host, port: addresses or ("127.0.0.1",), deadline_s=PATIENT_S)


def send(
    receiver: Receiver, wire: Wire | None = None, *, host: str = "receiver.test", scheme: str = "http",
    path: str = "/hook?x=1", body: bytes = BODY, private: bool = True,
) -> Answer:  # fmt: skip
    target = parse_callback(f"{scheme}://{host}:{receiver.port}{path}", private=True)
    assert isinstance(target, Target)
    headers = signed_headers(SECRET, timestamp_s=AT, event_id=EVENT, body=body)
    return post(target, headers=headers, body=body, private=private, wire=wire or here())
