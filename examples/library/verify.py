#!/usr/bin/env python3
"""Verifies evidence with libassay from Python, as verify.c does: the same arguments, the same output, the same exit codes.

    ./verify.py SECONDS EVIDENCE VALUES TRUST POLICY NONCE [CERTIFICATE|STATEMENT...]
"""
import ctypes
import sys

FILE_MAX = 16 << 20


class Unusable(Exception):
    """What was given is not what a verdict could be made of."""


class Bytes(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("size", ctypes.c_size_t)]


class Certificate(ctypes.Structure):
    _fields_ = [("path", ctypes.c_char_p), ("bytes", Bytes)]


class Input(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_size_t),
        ("at_unix", ctypes.c_int64),
        ("memory_max", ctypes.c_size_t),
        ("evidence", Bytes),
        ("policy", Bytes),
        ("trust", Bytes),
        ("reference_values", Bytes),
        ("enrolment", Bytes),
        ("certificates", ctypes.POINTER(Certificate)),
        ("n_certificates", ctypes.c_size_t),
        ("vouch", ctypes.c_int),
        ("shape", ctypes.c_char_p),
        ("nonce", Bytes),
        ("report_data", Bytes),
        ("flags", ctypes.c_uint64),
        ("statements", ctypes.POINTER(Bytes)),
        ("n_statements", ctypes.c_size_t),
    ]


class Result(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_size_t),
        ("status", ctypes.c_int),
        ("ear", ctypes.c_char_p),
        ("ear_size", ctypes.c_size_t),
        ("error", ctypes.c_char * 600),
        ("hint", ctypes.c_char * 300),
    ]


def get(path):
    """Nothing is left out but by "-": to the library no bytes are no file, and without a policy it takes its own."""
    if path == "-":
        return Bytes(None, 0)
    try:
        with open(path, "rb") as f:
            data = f.read(FILE_MAX)
    except OSError as why:
        raise Unusable(f"cannot read '{path}': {why.strerror}") from why
    if not data:
        raise Unusable(f"cannot read '{path}': it is empty")
    if len(data) == FILE_MAX:
        raise Unusable(f"cannot read '{path}': it is too large")
    return Bytes(data, len(data))


def seconds(text):
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Unusable(f"'{text}' is no number of seconds")
    return int(text)


def verify(argv):
    library = ctypes.CDLL("libassay.so.0")
    library.assay_status_name.restype = ctypes.c_char_p
    statements = [get(path) for path in argv[7:] if path.endswith(".dsse.json")]
    certificates = [Certificate(path.encode(), get(path)) for path in argv[7:] if not path.endswith(".dsse.json")]
    given = Input(
        size=ctypes.sizeof(Input),
        at_unix=seconds(argv[1]),
        evidence=get(argv[2]),
        reference_values=get(argv[3]),
        trust=get(argv[4]),
        policy=get(argv[5]),
        nonce=get(argv[6]),
        certificates=(Certificate * len(certificates))(*certificates),
        n_certificates=len(certificates),
        statements=(Bytes * len(statements))(*statements),
        n_statements=len(statements),
    )
    result = Result(size=ctypes.sizeof(Result))
    error = library.assay_verify(ctypes.byref(given), ctypes.byref(result))
    if error:
        hint = result.hint.decode()
        print("verify: " + result.error.decode() + ("; " + hint if hint else ""), file=sys.stderr)
    else:
        print(library.assay_status_name(result.status).decode())
        sys.stdout.write(result.ear.decode())
    code = 2 if error else int(result.status != 2)
    library.assay_result_free(ctypes.byref(result))
    return code


def main(argv):
    if len(argv) < 7:
        print("usage: verify.py SECONDS EVIDENCE VALUES TRUST POLICY NONCE [CERTIFICATE|STATEMENT...]", file=sys.stderr)
        return 2
    try:
        return verify(argv)
    except (Unusable, OSError) as why:
        print(f"verify: {why}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv))
