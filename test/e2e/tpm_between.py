"""tpm_between.py PORT IDENTITY-URL EVIDENCE-URL FOLDER HOW: stands between a verifier and attesters.

The identity is the one attester's, the evidence the other's. The challenge and the answer to it are kept in FOLDER. HOW: pass
passes on, strip takes the credential out of the challenge, spoil changes a bit of the endorsement key's last number.
"""
import base64
import http.server
import json
import os
import sys
import urllib.error
import urllib.request

port, identity, evidence, folder, how = sys.argv[1:]


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
