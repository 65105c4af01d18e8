"""
Event logs written and replayed a second time, slowly and plainly, with nothing of assay's.

    eventlog_maker.py FOLDER           writes logs into it, beside each LOG.json what its registers are
    eventlog_maker.py --replay LOG...  prints the registers of any log as JSON, or "refused", a line each
"""
import hashlib
import json
import struct
import sys

SIZES = {0x04: ("sha1", 20), 0x0B: ("sha256", 32), 0x0C: ("sha384", 48), 0x0D: ("sha512", 64)}
NO_ACTION, SEPARATOR, ACTION, TAG, VERSION, FLAGS, IPL = 3, 4, 0x80000007, 6, 8, 10, 13
CONFIG, BOOT, APPLICATION, GPT, BLOB2, TABLES2, AUTHORITY = (
    0x80000001, 0x80000002, 0x80000003, 0x80000006, 0x8000000A, 0x8000000B, 0x800000E0)
GLOBAL = bytes.fromhex("61dfe48bca93d211aa0d00e098032b8c")
SECURITY = bytes.fromhex("cbb219d73a3d9645a3bcdad00e67656f")


def wide(text):
    return text.encode("utf-16-le")


def variable(guid, name, data):
    return guid + struct.pack("<QQ", len(name), len(data)) + wide(name) + data


def image(path):
    file = wide(path + "\0")
    node = struct.pack("<BBH", 4, 4, 4 + len(file)) + file + bytes.fromhex("7fff0400")
    return struct.pack("<QQQQ", 0x1000, 0x2000, 0, len(node)) + node


def gpt():
    header = b"EFI PART" + bytes(24) + struct.pack("<Q", 2047) + bytes(16) + b"\x11" * 16 + bytes(20)
    entry = b"\x22" * 16 + b"\x33" * 16 + struct.pack("<QQQ", 34, 99, 0) + wide("root") + bytes(64)
    return header + struct.pack("<Q", 1) + entry


def tagged(tag, text):
    return struct.pack("<II", tag, len(text)) + text


# (register, type, data, what is hashed); None: the data
FIRMWARE = [
    (0, VERSION, wide("1.2\0"), None),
    (7, CONFIG, variable(GLOBAL, "SecureBoot", b"\1"), None),
    (7, CONFIG, variable(SECURITY, "db", b""), None),
    (7, SEPARATOR, bytes(4), None),
    (1, BOOT, variable(GLOBAL, "BootOrder", struct.pack("<HH", 1, 0)), struct.pack("<HH", 1, 0)),
    (1, FLAGS, b"ACPI DATA", b"the tables"),
    (4, ACTION, b"Calling EFI Application from Boot Option", None),
    (4, SEPARATOR, bytes(4), None),
    (5, GPT, gpt(), None),
    (4, APPLICATION, image("\\EFI\\BOOT\\BOOTX64.EFI"), b"the program"),
    (11, IPL, wide(".linux\0"), b".linux\0"),
    (11, IPL, wide(".linux\0"), b"the kernel"),
    (9, TAG, tagged(0x8F3B22ED, b"LOADED_IMAGE::LoadOptions\0"), wide("quiet\0")),
    (9, TAG, tagged(0x8F3B22EC, b"Linux initrd\0"), b"the initrd"),
    (14, IPL, b"MokList\0", b"the list"),
    (5, ACTION, b"Exit Boot Services Invocation", None),
]
GUEST = [
    (1, TABLES2, b"\x09TdxTable\0" + struct.pack("<Q", 0), b"the list of memory"),
    (1, BLOB2, b"\x02Fv" + struct.pack("<QQ", 0xFFC00000, 0x84000), b"the variables"),
    (1, CONFIG, variable(GLOBAL, "SecureBoot", b"\0"), None),
    (1, SEPARATOR, bytes(4), None),
    (1, FLAGS, b"etc/table-loader\0", b"the loader"),
    (2, APPLICATION, image("kernel"), b"the kernel"),
    (3, TAG, tagged(0x8F3B22ED, b"LOADED_IMAGE::LoadOptions\0"), wide("quiet\0")),
    (4, TAG, tagged(0x4141454C, b"agent says"), None),
]
HOSTILE = [
    (4, ACTION, b"\x1b[2J\x1b]0;owned\x07\nPCR 4 is fine\r", None),
    (4, IPL, b"plain\nPCR 0   1234\n", None),
    (4, IPL, "\u202eturned\u200b".encode(), None),
    (4, IPL, b"before\0behind", None),
    (7, CONFIG, variable(GLOBAL, "Secure\x1bBoot\n\u009b", b"\1"), None),
    (4, APPLICATION, image("\\\x1b[31m\u202e\n"), None),
]


def header(algorithms, register=0, vendor=b""):
    data = b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, 0, 2, len(algorithms))
    for number in algorithms:
        data += struct.pack("<HH", number, SIZES[number][1])
    data += bytes([len(vendor)]) + vendor
    return struct.pack("<II", register, NO_ACTION) + bytes(20) + struct.pack("<I", len(data)) + data


def agile(events, algorithms):
    out = b""
    for register, kind, data, hashed in events:
        out += struct.pack("<III", register, kind, len(algorithms))
        for number in algorithms:
            name, size = SIZES[number]
            digest = hashlib.new(name, data if hashed is None else hashed).digest()
            out += struct.pack("<H", number) + (bytes(size) if kind == NO_ACTION else digest)
        out += struct.pack("<I", len(data)) + data
    return out


def legacy(events):
    out = b""
    for register, kind, data, hashed in events:
        digest = hashlib.sha1(data if hashed is None else hashed).digest()
        out += struct.pack("<II", register, kind) + digest + struct.pack("<I", len(data)) + data
    return out


def parse(log):
    """Yields (register, type, {name: digest}, data); raises where the log is none."""
    def take(n):
        nonlocal at
        if at + n > len(log):
            raise ValueError("truncated")
        at += n
        return log[at - n:at]

    def number(n):
        return int.from_bytes(take(n), "little")

    at = 0
    register, kind, digest, data = number(4), number(4), take(20), None
    data = take(number(4))
    if not data.startswith(b"Spec ID Event03\0"):
        if kind == NO_ACTION and not data.startswith(b"Spec ID Event") or not any(log[:at]):
            raise ValueError("no header")
        yield register, kind, {"sha1": digest}, data
        while at < len(log):
            register, kind, digest = number(4), number(4), take(20)
            yield register, kind, {"sha1": digest}, take(number(4))
        return
    guest = register == 1 or data.endswith(b"\x07td-shim")
    count = int.from_bytes(data[24:28], "little")
    if not 1 <= count <= 8:
        raise ValueError("number of algorithms")
    sizes = dict(struct.unpack_from("<HH", data, 28 + 4 * i) for i in range(count))
    while at < len(log):
        if guest and set(log[at:]) in ({0}, {255}):
            return
        register, kind, digests = number(4), number(4), {}
        if number(4) != count:
            raise ValueError("number of digests")
        for _ in range(count):
            algorithm = number(2)
            digest = take(sizes[algorithm])
            if algorithm in SIZES:
                digests[SIZES[algorithm][0]] = digest
        data = take(number(4))
        yield register - (1 if guest and kind != NO_ACTION else 0), kind, digests, data


def replay(log):
    registers = {}
    for register, kind, digests, data in parse(log):
        if kind == NO_ACTION:
            if data.startswith(b"StartupLocality\0") and log[0] == 0:
                for name in digests:
                    size = hashlib.new(name).digest_size
                    registers[name, 0] = bytes(size - 1) + data[16:17]
            continue
        for name, digest in digests.items():
            old = registers.get((name, register), bytes(len(digest)))
            registers[name, register] = hashlib.new(name, old + digest).digest()
    out = {}
    for (name, register), value in sorted(registers.items()):
        out.setdefault(name, {})[str(register)] = value.hex()
    return out


def prediction(name, platform, bank, events):
    """Reference values whose events are these: (register, type, what, hashed)."""
    size = hashlib.new(bank).digest_size
    values, listed = {}, []
    for register, kind, what, hashed in events:
        digest = hashlib.new(bank, hashed).digest()
        values[register] = hashlib.new(bank, values.get(register, bytes(size)) + digest).digest()
        listed.append({"register": register, "type": kind, "what": what, "rule": "a rule", "origin": "an input",
                       "text": "", "digests": {bank: digest.hex()}})
    registers = [{"register": r, "how": "computed", "reason": "from its events", "values": {bank: v.hex()}}
                 for r, v in sorted(values.items())]
    return {"name": name, "platform": platform, "inputs": [], "banks": [bank], "firmware_only": False,
            "coverage": [], "registers": registers, "events": listed}


def predict(events):
    return [(r, k, "event %d" % i, d if h is None else h) for i, (r, k, d, h) in enumerate(events)]


def main(folder):
    locality = [(0, NO_ACTION, b"StartupLocality\0\3", None)]
    vendor = [(0xFFFFFFFF, NO_ACTION, b"vendor", None)]
    four, sha384 = [0x04, 0x0B, 0x0C, 0x0D], [0x0C]
    changed = list(FIRMWARE)
    changed[9] = changed[9][:3] + (b"another program",)
    guest = header(sha384, 1) + agile(vendor + GUEST, sha384)
    logs = {
        "agile": header(four) + agile(locality + vendor + FIRMWARE, four),
        "one-bank": header([0x0B]) + agile(FIRMWARE, [0x0B]),
        "changed": header([0x0B]) + agile(changed + [(4, ACTION, b"Returning from EFI Application from Boot Option", None)], [0x0B]),
        "sha1": legacy(FIRMWARE),
        "guest": guest,
        "guest-ones": guest + b"\xff" * 4000,
        "td-shim": header(sha384, 0, b"td-shim") + agile(GUEST, sha384) + bytes(4000),
        "hostile": header([0x0B]) + agile(HOSTILE, [0x0B]),
    }
    for name, log in logs.items():
        with open(f"{folder}/{name}.bin", "wb") as f:
            f.write(log)
        with open(f"{folder}/{name}.json", "w") as f:
            json.dump(replay(log), f, sort_keys=True)
    values = {"format": "assay.reference-values/1", "image": "made", "manifest_sha256": "0" * 64, "shapes": [
        prediction("vtpm", "tpm", "sha256", predict(FIRMWARE)),
        prediction("td", "tdx", "sha384", predict(GUEST))]}
    with open(f"{folder}/values.json", "w") as f:
        json.dump(values, f)
    values["shapes"][0]["name"] = "other"
    values["shapes"] += [prediction("vtpm", "tpm", "sha256", predict(FIRMWARE))]
    with open(f"{folder}/several.json", "w") as f:
        json.dump(values, f)


def replayed(path):
    try:
        with open(path, "rb") as f:
            return json.dumps(replay(f.read()), sort_keys=True)
    except (ValueError, KeyError):
        return "refused"


if sys.argv[1] == "--replay":
    for path in sys.argv[2:]:
        print(replayed(path))
else:
    main(sys.argv[1])
