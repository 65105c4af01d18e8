"""vendor_proxy.py FOLDER PORT: a proxy whose CONNECT leads to the loopback port, whatever host is asked for.

Its own port stands in FOLDER/port, FOLDER/log gets a line HOST:PORT for each request. Its answer carries headers that only Intel's
service should give. With a file FOLDER/refuses it refuses.
"""
import http.server
import os
import select
import socket
import sys

folder, port = sys.argv[1], int(sys.argv[2])


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_CONNECT(self):
        with open(os.path.join(folder, 'log'), 'a') as f:
            f.write('%s\n' % self.path)
        if os.path.exists(os.path.join(folder, 'refuses')):
            return self.send_error(403)
        with socket.create_connection(('127.0.0.1', port)) as other:
            self.send_response(200)
            for name in ('TCB-Info-Issuer-Chain', 'SGX-Enclave-Identity-Issuer-Chain'):
                self.send_header(name, 'said%20by%20a%20proxy')
            self.end_headers()
            self.carry(other)
        self.close_connection = True

    def carry(self, other):
        ends = {self.connection: other, other: self.connection}
        while True:
            for end in select.select(list(ends), [], [])[0]:
                try:
                    data = end.recv(65536)
                    ends[end].sendall(data)
                except OSError:
                    return
                if not data:
                    return


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
with open(os.path.join(folder, 'port.new'), 'w') as f:
    f.write('%d\n' % server.server_address[1])
os.rename(os.path.join(folder, 'port.new'), os.path.join(folder, 'port'))
server.serve_forever()
