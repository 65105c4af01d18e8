"""A second implementation of what witnesses, logs and their clients do (C2SP signed-note, tlog-checkpoint, tlog-cosignature,
tlog-witness; RFC 9162), as slow and obvious as it can be. Ed25519 is done by openssl(1).
"""
import base64
import functools
import hashlib
import http.client
import os
import struct
import subprocess
import tempfile
import urllib.parse

DASH = b'\xe2\x80\x94 '


def sha(data):
    return hashlib.sha256(data).digest()


def run(*command, stdin=None):
    return subprocess.run(command, input=stdin, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def make_key(path):
    """A new Ed25519 key in a file that only its owner reads."""
    pem = run('openssl', 'genpkey', '-algorithm', 'ed25519')
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'wb') as f:
        f.write(pem)


@functools.lru_cache
def public(path):
    return run('openssl', 'pkey', '-in', path, '-pubout', '-outform', 'DER')[-32:]


def key_id(name, kind, key):
    return sha(name.encode() + b'\n' + bytes([kind]) + key)[:4]


def vkey(name, kind, key):
    return '%s+%s+%s' % (name, key_id(name, kind, key).hex(), base64.b64encode(bytes([kind]) + key).decode())


def sign(path, message):
    with tempfile.NamedTemporaryFile() as f:
        f.write(message)
        f.flush()
        return run('openssl', 'pkeyutl', '-sign', '-rawin', '-inkey', path, '-in', f.name)


def verifies(key, message, signature):
    """SubjectPublicKeyInfo of Ed25519 is twelve fixed bytes and the key."""
    with tempfile.NamedTemporaryFile() as k, tempfile.NamedTemporaryFile() as m, tempfile.NamedTemporaryFile() as s:
        for f, data in ((k, bytes.fromhex('302a300506032b6570032100') + key), (m, message), (s, signature)):
            f.write(data)
            f.flush()
        return subprocess.run(['openssl', 'pkeyutl', '-verify', '-rawin', '-pubin', '-keyform', 'DER', '-inkey', k.name, '-in', m.name,
                               '-sigfile', s.name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def root(leaves):
    if not leaves:
        return sha(b'')
    if len(leaves) == 1:
        return sha(b'\0' + leaves[0])
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha(b'\1' + root(leaves[:k]) + root(leaves[k:]))


def consistency(m, leaves, whole=True):
    if m == len(leaves):
        return [] if whole else [root(leaves)]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m <= k:
        return consistency(m, leaves[:k], whole) + [root(leaves[k:])]
    return consistency(m - k, leaves[k:], False) + [root(leaves[:k])]


class Log:
    """Whoever has a log's key can show as many histories as he likes."""

    def __init__(self, origin, key, entries, name=None):
        self.origin, self.key, self.entries, self.name, self.notes = origin, key, entries, name or origin, {}

    def text(self, size):
        return ('%s\n%d\n%s\n' % (self.origin, size, base64.b64encode(root(self.entries[:size])).decode())).encode()

    def checkpoint(self, size):
        if size not in self.notes:
            text = self.text(size)
            signature = key_id(self.name, 1, public(self.key)) + sign(self.key, text)
            self.notes[size] = text + b'\n' + DASH + self.name.encode() + b' ' + base64.b64encode(signature) + b'\n'
        return self.notes[size]

    def request(self, old, size):
        proof = consistency(old, self.entries[:size]) if 0 < old <= size else []
        return b'old %d\n' % old + b''.join(base64.b64encode(h) + b'\n' for h in proof) + b'\n' + self.checkpoint(size)


def post(url, body, timeout=20):
    """Status, type and body of the answer; None when the connection ends without one."""
    at = urllib.parse.urlsplit(url)
    c = http.client.HTTPConnection(at.hostname, at.port, timeout=timeout)
    try:
        c.request('POST', '/add-checkpoint', body)
        r = c.getresponse()
        return r.status, r.getheader('Content-Type'), r.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        c.close()


def cosignature(lines, text, name, key):
    """The time of the one line of an answer; raises when it is not a cosignature of text by that witness."""
    head = DASH + name.encode() + b' '
    assert lines.startswith(head) and lines.endswith(b'\n') and lines.count(b'\n') == 1, lines
    blob = base64.b64decode(lines[len(head):-1], validate=True)
    assert len(blob) == 76 and blob[:4] == key_id(name, 4, key), blob
    at = struct.unpack('>Q', blob[4:12])[0]
    assert verifies(key, b'cosignature/v1\ntime %d\n' % at + text, blob[12:]), 'the signature does not hold'
    return at


def parts(note):
    """Origin, size and root of a checkpoint, and its text."""
    text = note[:note.rindex(b'\n\n') + 1]
    origin, size, top = text.split(b'\n')[:3]
    return origin.decode(), int(size), base64.b64decode(top, validate=True), text


def signed_by(note, name, kind, key):
    """That key signed the note: with kind 1 as its log, with kind 4 as a witness."""
    text, found = parts(note)[3], False
    for line in note[len(text) + 1:].splitlines(keepends=True):
        if not line.startswith(DASH + name.encode() + b' '):
            continue
        blob = base64.b64decode(line.split(b' ')[-1])
        if blob[:4] == key_id(name, kind, key):
            found = cosignature(line, text, name, key) > 0 if kind == 4 else verifies(key, text, blob[4:])
            if not found:
                return False
    return found
