"""vendor_server.py FOLDER [CERTIFICATE KEY]: AMD's and Intel's services on a loopback port, from the files of collateral-maker;
with a certificate over TLS.

The port stands in FOLDER/port. FOLDER/mode says how to behave, FOLDER/log gets a line for each request, and
FOLDER/at-once the largest number of requests that were in the works together. The path of a VCEK is computed here a
second time, from the bytes of the report.
"""
import http.server
import os
import ssl
import sys
import threading
import time
import urllib.parse

folder = sys.argv[1]
lock = threading.Lock()
state = {'now': 0, 'most': 0, 'busy': 0}


def load(name):
    with open(os.path.join(folder, name), 'rb') as f:
        return f.read()


def vcek_path():
    report = load('report.bin')
    tcb, chip = report[0x180:0x188], report[0x1a0:0x1e0]
    return '/vcek/v1/Milan/%s?blSPL=%02d&teeSPL=%02d&snpSPL=%02d&ucodeSPL=%02d' % (chip.hex(), tcb[0], tcb[1], tcb[6], tcb[7])


def answers():
    tdx, sgx = '/tdx/certification/v4/', '/sgx/certification/v4/'
    signer = urllib.parse.quote(load('signer.pem').decode())
    return {
        vcek_path(): ('vcek.der', {}),
        '/vcek/v1/Milan/cert_chain': ('cert_chain.pem', {}),
        '/vcek/v1/Milan/crl': ('crl.der', {}),
        tdx + 'tcb?fmspc=90c06f000000': ('tcb-info.json', {'TCB-Info-Issuer-Chain': signer}),
        tdx + 'qe/identity': ('qe-identity.json', {'SGX-Enclave-Identity-Issuer-Chain': signer}),
        sgx + 'pckcrl?ca=platform&encoding=der': ('pck-crl.der', {}),
        sgx + 'rootcacrl': ('root-crl.der', {}),
        '/IntelSGXRootCA.der': ('root-crl.der', {}),
    }


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    # Whoever asks may not trust the certificate.
    def handle(self):
        try:
            super().handle()
        except ssl.SSLError:
            pass

    def reply(self, status, body, headers=()):
        self.leave()
        self.send_response(status)
        for key, value in dict(headers).items():
            self.send_header(key, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def behave(self, mode):
        word = mode.split()
        if word[0] == 'busy' and state['busy'] < int(word[1]):
            state['busy'] += 1
            return self.reply(429, b'slow down', {'Retry-After': word[2]})
        if word[0] == 'status':
            return self.reply(int(word[1]), b'no')
        if word[0] == 'slow':
            time.sleep(3)
        if word[0] == 'huge':
            return self.reply(200, b'x' * (10 << 20))
        if word[0] == 'garbage':
            return self.reply(200, b'<html>a captive portal</html>')
        name, headers = answers().get(self.path, (None, {}))
        if not name:
            return self.reply(404, b'not here')
        if word[0] == 'serve' and name == word[1]:
            name = word[2]
        if word[0] == 'no-header':
            headers = {}
        if word[0] == 'cut-header':
            headers = {k: v[:-1] + '%2' for k, v in headers.items()}
        body = load(name)
        if name == 'root-crl.der' and self.path.startswith('/sgx'):
            body = body.hex().encode()
        return self.reply(200, body, headers)

    def do_GET(self):
        with lock:
            self.here = 1
            state['now'] += 1
            state['most'] = max(state['most'], state['now'])
            with open(os.path.join(folder, 'log'), 'a') as f:
                f.write('%s\n' % self.path)
            with open(os.path.join(folder, 'at-once'), 'w') as f:
                f.write('%d\n' % state['most'])
            mode = load('mode').decode()
        try:
            if mode.startswith('plain'):
                time.sleep(0.1)
            self.behave(mode)
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            self.leave()

    # Before the answer is sent: who has it may let the next one ask while this thread still waits for a processor.
    def leave(self):
        with lock:
            state['now'] -= self.here
            self.here = 0


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
if len(sys.argv) > 2:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
with open(os.path.join(folder, 'port.new'), 'w') as f:
    f.write('%d\n' % server.server_address[1])
os.rename(os.path.join(folder, 'port.new'), os.path.join(folder, 'port'))
server.serve_forever()
