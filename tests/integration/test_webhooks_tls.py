"""TLS of webhooks: the certificate has to fit the name, whatever address the connection goes to."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from intake.webhooks.send import Answer, Wire
from tests.webhook_post import BODY, PATIENT_S, SHORT_S, here, send
from tests.webhook_receiver import Behaviour, Receiver, answer


class Authority:
    """Signs certificates for receivers of a test."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self.certificate = self._signed(self._name, self._key, names=[], is_authority=True)

    def trusting(self) -> ssl.SSLContext:
        """A sender's context that trusts this authority and no other."""
        text = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=text)

    def receiver(self, folder: Path, *names: x509.GeneralName, days: int = 1, signed: bool = True) -> ssl.SSLContext:
        """A receiver's context with a certificate for these names; `signed` False for one that signed itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
        signer = self if signed else None
        certificate = self._signed(subject, key, names=list(names), days=days, signer=signer)
        (folder / "both.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "both.pem")
        return context

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, names: list[x509.GeneralName], days: int = 1,
        is_authority: bool = False, signer: Authority | None = None,
    ) -> x509.Certificate:  # fmt: skip
        now = dt.datetime.now(dt.UTC)
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if signer is None else signer._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=3))
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if names:
            built = built.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return built.sign(key if signer is None else signer._key, hashes.SHA256())


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def over_tls(receiver: Receiver, authority: Authority, *, host: str = "receiver.test") -> Answer:
    wire = Wire(resolve=here().resolve, tls=authority.trusting(), deadline_s=PATIENT_S)
    return send(receiver, wire, host=host, scheme="https")


NAME = x509.DNSName("receiver.test")


def test_a_certificate_for_the_name_is_taken_and_the_name_is_sent(authority: Authority, tmp_path: Path) -> None:
    context = authority.receiver(tmp_path, NAME)
    named: list[str | None] = []
    context.sni_callback = lambda connection, name, _: named.append(name)
    with Receiver(tls=context) as receiver:
        got = over_tls(receiver, authority)
    assert (got.status, got.failure) == (200, None)
    assert named == ["receiver.test"]
    assert receiver.requests[0].endswith(BODY)


def test_a_certificate_for_the_address_is_taken(authority: Authority, tmp_path: Path) -> None:
    with Receiver(tls=authority.receiver(tmp_path, x509.IPAddress(ipaddress.ip_address("127.0.0.1")))) as receiver:
        assert over_tls(receiver, authority, host="127.0.0.1").status == 200


@pytest.mark.parametrize("names", [[x509.DNSName("other.test")], [x509.DNSName("*.receiver.test")], []])
def test_a_certificate_for_another_name_is_refused(
    authority: Authority, tmp_path: Path, names: list[x509.GeneralName]
) -> None:
    with Receiver(tls=authority.receiver(tmp_path, *names)) as receiver:
        got = over_tls(receiver, authority)
    assert (got.status, got.outcome, got.code) == (None, "again", "webhook-tls-refused")
    assert receiver.requests == []


def test_a_self_signed_certificate_is_refused(authority: Authority, tmp_path: Path) -> None:
    with Receiver(tls=authority.receiver(tmp_path, NAME, signed=False)) as receiver:
        assert over_tls(receiver, authority).code == "webhook-tls-refused"
    assert receiver.requests == []


def test_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    """The system's own list does not know the test's authority."""
    with Receiver(tls=Authority().receiver(tmp_path, NAME)) as receiver:
        assert send(receiver, here(), scheme="https").code == "webhook-tls-refused"
    assert receiver.requests == []


def test_an_expired_certificate_is_refused(authority: Authority, tmp_path: Path) -> None:
    with Receiver(tls=authority.receiver(tmp_path, NAME, days=-1)) as receiver:
        assert over_tls(receiver, authority).code == "webhook-tls-refused"
    assert receiver.requests == []


def test_no_tls_over_there(authority: Authority) -> None:
    plain: Behaviour = answer(400)
    with Receiver(plain, reads=False) as receiver:
        assert over_tls(receiver, authority).code == "webhook-tls-refused"


def test_a_handshake_that_stalls(authority: Authority) -> None:
    holder: list[Receiver] = []
    with Receiver(lambda connection: holder[0].closing.wait() and None, reads=False) as receiver:
        holder.append(receiver)
        wire = Wire(resolve=here().resolve, tls=authority.trusting(), deadline_s=SHORT_S)
        assert send(receiver, wire, scheme="https").code == "webhook-timeout"
