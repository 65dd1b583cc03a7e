# SPDX-License-Identifier: Apache-2.0
"""Verifies the signatures of a checkpoint made by packages/tlog with Python's `cryptography` and nothing of ours.

Argument: the folder that make-logs.ts filled.
"""
import base64
import hashlib
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

folder = pathlib.Path(sys.argv[1])
text, signatures = (folder / "700" / "checkpoint").read_text("utf-8").rsplit("\n\n", 1)
body = (text + "\n").encode()


def key(file):
    name, key_id, material = (folder / file).read_text().split("+", 2)
    raw = base64.b64decode(material, validate=True)
    assert hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex() == key_id
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(raw[1:])


def verifies(public, signature, message):
    try:
        public.verify(signature, message)
        return True
    except InvalidSignature:
        return False


seen = 0
for line, file in zip(signatures.splitlines(), ["log.vkey", "witness0.vkey", "witness1.vkey"], strict=True):
    name, key_id, public = key(file)
    dash, signer, blob = line.split(" ")
    blob = base64.b64decode(blob, validate=True)
    assert dash == "\u2014" and signer == name and blob[:4] == key_id
    message, signature = body, blob[4:]
    if file != "log.vkey":
        time = int.from_bytes(blob[4:12], "big")
        message, signature = f"cosignature/v1\ntime {time}\n".encode() + body, blob[12:]
    assert verifies(public, signature, message)
    assert not verifies(public, signature, message + b"\n")
    seen += 1
print(f"ok: {seen} signatures verify with cryptography, none over a changed text")
