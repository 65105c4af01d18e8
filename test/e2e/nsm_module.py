# A Nitro security module behind a Unix socket, for nsm-device.c: takes one request a connection, in the one form that the
# NSM's interface has for attestation, and answers with the document that MAKER signs for its nonce (report_maker.h).
#   nsm_module.py SOCKET CONTROL -- MAKER...
# CONTROL holds what to do instead: "error" (the module's own), "short" (half a response), "nothing", or nothing.
import os
import socket
import struct
import subprocess
import sys

BEFORE = b"\xa1\x6bAttestation\xa3\x69user_data\xf6\x65nonce\x58\x40"
AFTER = b"\x6apublic_key\xf6"


def answer(request, maker, control):
    if control == "nothing":
        return b""
    good = len(request) == len(BEFORE) + 64 + len(AFTER) and request.startswith(BEFORE) and request.endswith(AFTER)
    if control == "error" or not good:
        return b"\xa1\x65Error\x70InvalidOperation"
    maker.stdin.write(request[len(BEFORE) : len(BEFORE) + 64])
    maker.stdin.flush()
    n = struct.unpack("<I", maker.stdout.read(4))[0]
    response = b"\xa1\x6bAttestation\xa1\x68document\x59" + struct.pack(">H", n) + maker.stdout.read(n)
    return response[: len(response) // 2] if control == "short" else response


def main():
    split = sys.argv.index("--")
    path, control = sys.argv[1:3]
    maker = subprocess.Popen(sys.argv[split + 1 :], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    os.chmod(path, 0o700)  # root's alone, as the device
    server.listen()
    while True:
        client, _ = server.accept()
        request = b""
        while part := client.recv(4096):
            request += part
        client.sendall(answer(request, maker, open(control).read().strip()))
        client.close()


main()
