"""tpm_between.py PORT IDENTITY-URL EVIDENCE-URL FOLDER HOW: stands between a verifier and attesters.

The identity is the one attester's, the evidence the other's. The challenge and the answer to it are kept in FOLDER. HOW: pass
passes on, strip takes the credential out of the challenge, spoil changes a bit of the endorsement key's last number, other
puts in a credential that tpm2_makecredential made: whoever cannot open the verifier's can have one opened of its own making,
for the same attestation key, and all that the machine then says is signed as it should be.
"""
import base64
import hashlib
import http.server
import json
import os
import struct
import subprocess
import sys
import urllib.error
import urllib.request

port, identity, evidence, folder, how = sys.argv[1:]


def parts(blob):
    """Contents of the two TPM2Bs behind tpm2-tools' magic number and version."""
    size, = struct.unpack_from('>H', blob, 8)
    at = 10 + size
    second, = struct.unpack_from('>H', blob, at)
    return blob[10:at], blob[at + 2:at + 2 + second]


def other_credential():
    said = json.loads(urllib.request.urlopen(identity + '/attest/1/identity', timeout=60).read())
    ek, ak = (base64.b64decode(said[name]) for name in ('ek_public', 'ak_public'))
    files = {name: os.path.join(folder, 'other.' + name) for name in ('ek', 'secret', 'blob')}
    with open(files['ek'], 'wb') as f:
        f.write(struct.pack('>H', len(ek)) + ek)
    with open(files['secret'], 'wb') as f:
        f.write(b'not what was asked for, 32 bytes')
    subprocess.run(['tpm2_makecredential', '-T', 'none', '-u', files['ek'], '-s', files['secret'],
                    '-n', '000b' + hashlib.sha256(ak).hexdigest(), '-o', files['blob']],
                   check=True, stdout=subprocess.DEVNULL)
    with open(files['blob'], 'rb') as f:
        names = ('id_object', 'encrypted_secret')
        return {n: base64.b64encode(p).decode() for n, p in zip(names, parts(f.read()))}


class Between(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        body = urllib.request.urlopen(identity + self.path, timeout=60).read()
        if how == 'spoil':
            said = json.loads(body)
            key = bytearray(base64.b64decode(said['ek_public']))
            key[-1] ^= 1
            said['ek_public'] = base64.b64encode(key).decode()
            body = json.dumps(said).encode()
        self.answer(200, body)

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        with open(os.path.join(folder, 'challenge.json'), 'w') as f:
            json.dump(asked, f)
        if how == 'strip':
            del asked['credential']
        if how == 'other':
            asked['credential'] = other_credential()
        try:
            reply = urllib.request.urlopen(evidence + self.path, json.dumps(asked).encode(), timeout=60)
            status, body = reply.status, reply.read()
        except urllib.error.HTTPError as e:
            status, body = e.code, e.read()
        with open(os.path.join(folder, 'answer.json'), 'wb') as f:
            f.write(body)
        self.answer(status, body)

    def log_message(self, *args):
        pass


http.server.HTTPServer(('127.0.0.1', int(port)), Between).serve_forever()
