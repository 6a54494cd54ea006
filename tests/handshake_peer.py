#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An AgentMesh-shaped peer, written from the published formats alone.

  handshake_peer.py challenge [freshness]
  handshake_peer.py respond SEED-BYTE VERIFIER SHAPE ORIGIN < challenge
  handshake_peer.py verify CHALLENGE-FILE DID VERIFIER RESPONSE-FILE [evidence]
  handshake_peer.py tampered CHALLENGE-FILE DID VERIFIER RESPONSE-FILE
  handshake_peer.py tamper RESPONSE-FILE

SHAPE is none, challenge, acquired, startup or foreign (startup evidence whose
texts are anything but ASCII).  verify prints "ok" or what is wrong.  tamper
changes one member after the other into another that is as well formed, writes
each result as changed.MEMBER, with "evidence." before a member of the
evidence, and prints the names; tampered verifies each of these.
"""
import base64
import binascii
import datetime
import hashlib
import json
import secrets
import struct
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey, Ed25519PublicKey)

UTC = datetime.timezone.utc
FIELDS = ("platform", "evidence", "agent_did", "challenge_id", "nonce",
          "public_key_hash", "report_data_hash", "binding_hash", "key_origin",
          "runtime_measurements", "secure_boot_verified", "timestamp",
          "expires_at")


class Refused(Exception):
    pass


def now():
    return datetime.datetime.now(UTC)


def written(at):
    """As pydantic writes an aware datetime in JSON."""
    return at.isoformat().replace("+00:00", "Z")


def read_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as e:
        raise Refused("base64") from e


def lp(text):
    data = text.encode("utf-8")
    return struct.pack(">H", len(data)) + data


def sha(data):
    return hashlib.sha256(data).digest()


def canonical(evidence):
    """Every field of the model, nulls included."""
    model = {name: evidence.get(name) for name in FIELDS}
    return json.dumps(model, sort_keys=True, separators=(",", ":")).encode()


def adr_binding(did, challenge_id, nonce, key):
    return sha(b"agentmesh-attest-v1" + lp(did) + lp(challenge_id) +
               nonce.encode() + sha(key))


def startup_binding(did, key):
    return sha(b"agentmesh-attest-v1-startup" + lp(did) + sha(key))


def layer2(did, verifier, challenge, evidence, key, origin):
    return sha(b"agentmesh-layer2-v1" + lp(did) + lp(verifier) +
               lp(challenge["challenge_id"]) + lp(challenge["nonce"]) +
               sha(canonical(evidence)) + sha(key) + lp(origin))


def message(challenge, response):
    text = "{}:{}:{}:{}".format(challenge["challenge_id"], challenge["nonce"],
                                response["response_nonce"],
                                response["agent_did"])
    if challenge["freshness_nonce"]:
        text += ":" + challenge["freshness_nonce"]
    return text.encode()


def new_challenge(freshness):
    return {
        "challenge_id": "challenge_" + secrets.token_hex(8),
        "nonce": secrets.token_hex(32),
        "freshness_nonce": secrets.token_hex(16) if freshness else None,
        "timestamp": written(now()),
        "expires_in_seconds": 30,
    }


def new_evidence(shape, did, key, challenge, origin):
    startup = shape in ("startup", "foreign")
    bound = new_challenge(False) if shape == "acquired" else challenge
    if startup:
        binding = startup_binding(did, key)
    else:
        binding = adr_binding(did, bound["challenge_id"], bound["nonce"], key)
    measurements = {}
    if shape == "foreign":
        measurements = {"z": "1", "A": "\u00fc/\"\\\b\f\n\r\t\x01\x7f",
                        "\U0001f916": "4", "\uffff": "5"}
    items = json.dumps({"mock.report": b64(binding)}).encode()
    at = now()
    return {
        "platform": "mock-tee",
        "evidence": b64(items),
        "agent_did": did,
        "challenge_id": None if startup else bound["challenge_id"],
        "nonce": None if startup else bound["nonce"],
        "public_key_hash": sha(key).hex(),
        "report_data_hash": binding.hex(),
        "binding_hash": binding.hex() if startup else None,
        "key_origin": origin,
        "runtime_measurements": measurements,
        "secure_boot_verified": False,
        "timestamp": written(at),
        "expires_at": written(at + datetime.timedelta(seconds=300)),
    }


def respond(seed, verifier, shape, origin):
    challenge = json.load(sys.stdin)
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    key = private.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    did = "did:mesh:" + sha(key).hex()[:32]
    response = {
        "challenge_id": challenge["challenge_id"],
        "response_nonce": secrets.token_hex(16),
        "agent_did": did,
        "capabilities": ["read:data"],
        "trust_score": 500,
        "public_key": b64(key),
        "freshness_nonce": challenge["freshness_nonce"],
        "attestation_evidence": None,
        "attestation_signature": None,
        "attestation_public_key": None,
        "attestation_key_origin": None,
        "user_context": None,
        "timestamp": written(now()),
    }
    response["signature"] = b64(private.sign(message(challenge, response)))
    if shape != "none":
        evidence = new_evidence(shape, did, key, challenge, origin)
        digest = layer2(did, verifier, challenge, evidence, key, origin)
        response["attestation_evidence"] = evidence
        response["attestation_signature"] = b64(private.sign(digest))
        response["attestation_public_key"] = b64(key)
        response["attestation_key_origin"] = origin
    json.dump(response, sys.stdout)


def check(holds, what):
    if not holds:
        raise Refused(what)


def signed(key, signature, text, what):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
    except (InvalidSignature, ValueError) as e:
        raise Refused(what) from e


def verify_evidence(challenge, response, verifier):
    evidence = response["attestation_evidence"]
    check(evidence is not None, "no evidence")
    key = unb64(response["attestation_public_key"])
    did = response["agent_did"]
    check(evidence["agent_did"] == did, "evidence did")
    check(evidence["public_key_hash"] == sha(key).hex(), "evidence key")
    check(evidence["report_data_hash"] == adr_binding(
        did, evidence["challenge_id"], evidence["nonce"], key).hex(),
        "evidence binding")
    check(read_time(evidence["timestamp"]) <= now() <
          read_time(evidence["expires_at"]), "evidence time")
    origin = response["attestation_key_origin"]
    check(evidence["key_origin"] == origin, "origin")
    signed(key, unb64(response["attestation_signature"]),
           layer2(did, verifier, challenge, evidence, key, origin), "layer 2")
    items = json.loads(unb64(evidence["evidence"]))
    check(unb64(items["mock.report"]).hex() == evidence["report_data_hash"],
          "report")


def load(name):
    with open(name, encoding="utf-8") as f:
        return json.load(f)


def verify(challenge, did, verifier, response, with_evidence):
    elapsed = now() - read_time(challenge["timestamp"])
    check(response["challenge_id"] == challenge["challenge_id"], "challenge")
    check(elapsed.total_seconds() <= challenge["expires_in_seconds"],
          "expired")
    check(response["agent_did"] == did, "did")
    check(response["freshness_nonce"] == challenge["freshness_nonce"],
          "freshness")
    key = unb64(response["public_key"])
    check(did == "did:mesh:" + sha(key).hex()[:32], "key")
    signed(key, unb64(response["signature"]), message(challenge, response),
           "identity")
    if with_evidence:
        verify_evidence(challenge, response, verifier)


def another_time(text):
    return written(read_time(text) + datetime.timedelta(seconds=1))


def another(name, value):
    """As well formed, and of another meaning."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, dict):
        return dict(value, added="1")
    if name in ("timestamp", "expires_at"):
        return another_time(value)
    if name.endswith("key_origin"):
        return "skr" if value != "skr" else "tee_generated"
    if name == "evidence":
        items = json.loads(unb64(value))
        items["mock.report"] = another("signature", items["mock.report"])
        return b64(json.dumps(items).encode())
    if name in ("signature", "public_key", "attestation_signature",
                "attestation_public_key"):
        data = bytearray(unb64(value))
        data[len(data) // 2] ^= 1
        return b64(bytes(data))
    return value[:-1] + ("0" if value[-1] != "0" else "1")


# Of no weight to AgentMesh, or changed by the members inside.
UNSIGNED = ("capabilities", "trust_score", "timestamp", "user_context",
            "attestation_evidence")


def changes(response):
    """Each member that counts, and the response with that one changed."""
    for inside in (False, True):
        members = response["attestation_evidence"] if inside else response
        for name, value in list(members.items()):
            if value is None or (name in UNSIGNED and not inside):
                continue
            members[name] = another(name, value)
            yield ("evidence." if inside else "") + name, response
            members[name] = value


def tamper(response):
    for name, changed in changes(response):
        with open("changed." + name, "w", encoding="utf-8") as f:
            json.dump(changed, f)
        print(name)


def judge(challenge, did, verifier, response, with_evidence):
    try:
        verify(challenge, did, verifier, response, with_evidence)
        return "ok"
    except Refused as refusal:
        return str(refusal)


def main(argv):
    if argv[1] == "challenge":
        json.dump(new_challenge(len(argv) > 2), sys.stdout)
    elif argv[1] == "respond":
        respond(int(argv[2], 0), argv[3], argv[4], argv[5])
    elif argv[1] == "tamper":
        tamper(load(argv[2]))
    elif argv[1] == "tampered":
        for name, changed in changes(load(argv[5])):
            print(name + ":", judge(load(argv[2]), argv[3], argv[4], changed,
                                    True))
    else:
        print(judge(load(argv[2]), argv[3], argv[4], load(argv[5]),
                    len(argv) > 6))


main(sys.argv)
