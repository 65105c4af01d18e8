#!/usr/bin/env python3
"""For publication.sh: keys' lines, signed envelopes, logs with witnesses, written from the formats alone. openssl signs.

  publication_maker.py line KEY                       ed25519:BASE64
  publication_maker.py vkey KEY NAME [witness]        NAME+ID+BASE64
  publication_maker.py seal KEY TYPE <PAYLOAD         a DSSE envelope
  publication_maker.py prove KEY ORIGIN INDEX ENTRY... [-- WITNESS_KEY NAME TIME]...   a tlog-proof
"""
import base64, hashlib, json, os, subprocess, sys, tempfile

def b64(b): return base64.b64encode(b).decode()
def sha(b): return hashlib.sha256(b).digest()

def public(key):
    return subprocess.run(['openssl', 'pkey', '-in', key, '-pubout', '-outform', 'DER'], check=True, capture_output=True).stdout[-32:]

def sign(key, message):
    with tempfile.NamedTemporaryFile() as f:
        f.write(message)
        f.flush()
        return subprocess.run(['openssl', 'pkeyutl', '-sign', '-inkey', key, '-rawin', '-in', f.name], check=True, capture_output=True).stdout

def key_id(name, kind, raw): return sha(name.encode() + b'\n' + bytes([kind]) + raw)[:4]

def vkey(key, name, kind):
    raw = public(key)
    return '%s+%s+%s' % (name, key_id(name, kind, raw).hex(), b64(bytes([kind]) + raw))

def seal(key, kind, payload):
    head = b'DSSEv1 %d %s %d ' % (len(kind), kind.encode(), len(payload))
    return json.dumps({'payload': b64(payload), 'payloadType': kind, 'signatures': [{'sig': b64(sign(key, head + payload))}]})

def leaf(entry): return sha(b'\0' + entry)
def root(leaves):
    if len(leaves) == 1: return leaves[0]
    k = 1
    while 2 * k < len(leaves): k *= 2
    return sha(b'\1' + root(leaves[:k]) + root(leaves[k:]))
def path(m, leaves):
    if len(leaves) == 1: return []
    k = 1
    while 2 * k < len(leaves): k *= 2
    if m < k: return path(m, leaves[:k]) + [root(leaves[k:])]
    return path(m - k, leaves[k:]) + [root(leaves[:k])]

def line(name, ident, signature): return '\u2014 %s %s\n' % (name, b64(ident + signature))

def prove(key, origin, index, entries, witnesses):
    leaves = [leaf(open(e, 'rb').read()) for e in entries]
    text = '%s\n%d\n%s\n' % (origin, len(leaves), b64(root(leaves)))
    note = text + '\n' + line(origin, key_id(origin, 1, public(key)), sign(key, text.encode()))
    for wkey, name, at in witnesses:
        signed = 'cosignature/v1\ntime %d\n%s' % (at, text)
        note += line(name, key_id(name, 4, public(wkey)), at.to_bytes(8, 'big') + sign(wkey, signed.encode()))
    return 'c2sp.org/tlog-proof@v1\nindex %d\n%s\n%s' % (index, ''.join(b64(h) + '\n' for h in path(index, leaves)), note)

verb, key, *rest = sys.argv[1:]
if verb == 'line': print('ed25519:' + b64(public(key)))
elif verb == 'vkey': print(vkey(key, rest[0], 4 if rest[1:] else 1))
elif verb == 'seal': print(seal(key, rest[0], sys.stdin.buffer.read()))
elif verb == 'prove':
    origin, index, *rest = rest
    parts, group = [], []
    for word in rest + ['--']:
        if word == '--':
            parts.append(group)
            group = []
        else: group.append(word)
    sys.stdout.write(prove(key, origin, int(index), parts[0], [(k, n, int(t)) for k, n, t in parts[1:]]))
else: sys.exit(2)
