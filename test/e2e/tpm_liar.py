"""tpm_liar.py PORT TPM-PORT HOW: a TPM that lies, before an swtpm; both have their control channel one port above.

HOW: honest passes all on. banks N says that the SHA-256 bank is there N times. other answers what it can as if it had been asked
for algorithms. registers reads PCR 0 whatever was asked for, values leaves out the values of what it says that it read.
"""
import socket
import struct
import sys
import threading

port, tpm = int(sys.argv[1]), int(sys.argv[2])
how = sys.argv[3]
GET_CAPABILITY, PCR_READ, CAP_PCRS = 0x17a, 0x17e, 5
SHA256 = struct.pack('>HB3s', 0x0b, 3, b'\xff\xff\xff')


def exactly(s, n):
    out = b''
    while len(out) < n:
        more = s.recv(n - len(out))
        if not more:
            raise EOFError
        out += more
    return out


def message(s):
    head = exactly(s, 10)
    return head + exactly(s, struct.unpack('>I', head[2:6])[0] - 10)


def answer(body):
    return struct.pack('>HII', 0x8001, 10 + len(body), 0) + body


def lie(asked, said):
    command, = struct.unpack_from('>I', asked, 6)
    if command == GET_CAPABILITY and struct.unpack_from('>I', asked, 10)[0] == CAP_PCRS:
        if how == 'banks':
            n = int(sys.argv[4])
            return answer(struct.pack('>BII', 0, CAP_PCRS, n) + n * SHA256)
        if how == 'other':
            return answer(struct.pack('>BII', 0, 0, 100) + 100 * struct.pack('>HI', 0x0b, 4))
    if command == PCR_READ and how == 'registers':
        return answer(struct.pack('>II', 0, 1) + struct.pack('>HB3s', 0x0b, 3, b'\1\0\0') + struct.pack('>IH', 1, 32) + bytes(32))
    if command == PCR_READ and how == 'values':
        return answer(struct.pack('>II', 0, 1) + SHA256 + struct.pack('>I', 0))
    return said


def commands(c):
    try:
        while True:
            asked = message(c)
            with socket.create_connection(('127.0.0.1', tpm)) as s:
                s.sendall(asked)
                said = message(s)
            c.sendall(lie(asked, said))
    except (EOFError, OSError):
        pass


def pass_on(a, b):
    try:
        while data := a.recv(4096):
            b.sendall(data)
    except OSError:
        pass


def control(c):
    s = socket.create_connection(('127.0.0.1', tpm + 1))
    threading.Thread(target=pass_on, args=(s, c), daemon=True).start()
    pass_on(c, s)


def listen(at, serve):
    s = socket.create_server(('127.0.0.1', at))
    while True:
        threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()


threading.Thread(target=listen, args=(port + 1, control), daemon=True).start()
listen(port, commands)
