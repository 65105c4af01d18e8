#!/usr/bin/env python3
"""A second, slow and obvious way to the registers that `assay measure pcr` prints: the same options, the same lines.

Used by test/e2e/pcr-files.sh. It trusts its input, and knows nothing but the boots that the test makes.
"""
import argparse
import base64
import hashlib
import struct
import uuid

o = argparse.ArgumentParser()
for one in "uki disk kernel initrd append memory firmware-version secure-boot loader loader-conf machine-id platform".split():
    o.add_argument("--" + one)
for many in "pk kek db dbx beside for-all phase file-system bank".split():
    o.add_argument("--" + many, action="append", default=[])
o = o.parse_args()
banks = o.bank or ["sha384" if o.platform else "sha256"]
events = []  # (register, bytes or a function from the bank to a digest)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def extend(reg, data):
    events.append((reg, data))


def value(reg, bank, more=()):
    new = lambda b: hashlib.new(bank, b).digest()
    v = bytes(hashlib.new(bank).digest_size)
    for r, data in events + list(more):
        if r == reg:
            v = new(v + (data(bank) if callable(data) else new(data)))
    return v.hex()


def u(f, b, at):
    return struct.unpack_from("<" + f, b, at)[0]


# ---- PE ----
def sections(pe):
    head = u("I", pe, 60)
    table = head + 24 + u("H", pe, head + 20)
    for i in range(u("H", pe, head + 6)):
        at = table + 40 * i
        yield pe[at:at + 8].rstrip(b"\0").decode(), u("I", pe, at + 8), u("I", pe, at + 16), u("I", pe, at + 20)


def section(pe, name):
    for n, virtual, raw, at in sections(pe):
        if n == name:
            return pe[at:at + virtual]
    return None


def authenticode(pe):
    head = u("I", pe, 60) + 24
    directory = head + (112 if u("H", pe, head) == 0x20b else 96) + 32
    size = u("I", pe, head + 60)
    certificates = u("I", pe, directory + 4)
    parts = pe[:head + 64] + pe[head + 68:directory] + pe[directory + 8:size]
    total = size
    for _, _, raw, at in sorted(sections(pe), key=lambda s: s[3]):
        parts += pe[at:at + raw]
        total += raw
    parts += pe[total:len(pe) - certificates]
    return lambda bank: hashlib.new(bank, parts).digest()


def version(pe):
    return int(section(pe, ".sdmagic").split()[3].split(b".")[0].split(b"~")[0])


# ---- Secure Boot ----
GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c").bytes_le
SECURITY = uuid.UUID("d719b2cb-3d3a-4596-a3bc-dad00e67656f").bytes_le
X509 = uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072").bytes_le


def der(b):
    return base64.b64decode(b"".join(b.split(b"\n")[1:-2])) if b.startswith(b"-----") else b


def variable(values):
    out = b""
    for v in values:
        if v[36:37] == ":":
            entry = uuid.UUID(v[:36]).bytes_le + der(read(v[37:]))
            out += X509 + struct.pack("<III", 28 + len(entry), 0, len(entry)) + entry
        else:
            out += read(v)
    return out


def lists(b):
    while b:
        size, header, entry = struct.unpack_from("<III", b, 16)
        for at in range(28 + header, size, entry):
            yield b[:16], b[at:at + entry]
        b = b[size:]


def data(guid, name, content):
    return guid + struct.pack("<QQ", len(name), len(content)) + name.encode("utf-16-le") + content


pk, kek, db, dbx = (variable(v) for v in (o.pk, o.kek, o.db, o.dbx))
state = o.secure_boot or ("on" if pk else "off" if o.platform or o.firmware_version.startswith("2022.11") else "absent")
secure = state == "on"
used = []


def firmware_variables():
    extend(7, data(GLOBAL, "SecureBoot", {"on": b"\1", "off": b"\0", "absent": b""}[state]))
    extend(7, data(GLOBAL, "PK", pk))
    extend(7, data(GLOBAL, "KEK", kek))
    extend(7, data(SECURITY, "db", db))
    extend(7, data(SECURITY, "dbx", dbx))
    extend(7, bytes(4))


def start(pe):
    if secure:
        head = u("I", pe, 60) + 24
        directory = head + (112 if u("H", pe, head) == 0x20b else 96) + 32
        table = pe[u("I", pe, directory):] if u("I", pe, directory + 4) else b""
        entry = next(e for t, e in lists(db) if t == X509 and e[16:] in table)
        if entry not in used:
            used.append(entry)
            extend(7, data(SECURITY, "db", entry))
    extend(4, authenticode(pe))


def attempt():
    extend(4, b"Calling EFI Application from Boot Option")
    for r in range(2, 7):
        extend(r, bytes(4))


def leave():
    extend(5, b"Exit Boot Services Invocation")
    extend(5, b"Exit Boot Services Returned with Success")


def options(line):
    return line.decode().encode("utf-16-le") + b"\0\0"


# ---- the stub ----
def pad(b):
    return b + bytes(-len(b) % 4)


def node(inode, mode, name, content=b""):
    head = "070701" + "".join("%08x" % n for n in (inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0))
    return pad(head.encode() + name.encode() + b"\0") + pad(content)


def archive(folder, folder_mode, file_mode, files):
    out, inode, path = b"", 1, ""
    for part in folder.split("/"):
        path += ("/" if path else "") + part
        out += node(inode, 0o40000 | (folder_mode if path == folder else 0o555), path)
        inode += 1
    for name, content in files:
        out += node(inode, 0o100000 | file_mode, folder + "/" + name, content)
        inode += 1
    fields = ["00000000"] * 13
    fields[4], fields[11] = "00000001", "0000000B"
    return out + pad(("070701" + "".join(fields) + "TRAILER!!!").encode() + b"\0")


def files(paths, end, but="\n"):
    found = sorted((p.rsplit("/", 1)[-1], p) for p in paths if p.endswith(end) and not p.endswith(but))
    return [(name, read(p)) for name, p in found]


def image(uki, loader):
    stub = version(uki)
    line = section(uki, ".cmdline")
    known = ".linux .osrel .cmdline .initrd .splash .dtb .pcrpkey".split()
    if stub > 252:
        known += [".uname", ".sbat"]
    if stub > 256:
        known += [".ucode"]
    order = ".linux .osrel .cmdline .initrd .ucode .splash .dtb .uname .sbat .pcrpkey".split()
    handed_on = loader and version(loader) == 252
    if handed_on:
        extend(12, options(line))
    for name in order:
        if name in known and section(uki, name):
            extend(11, name.encode() + b"\0")
            extend(11, section(uki, name))
    addons = files(o.for_all, ".addon.efi") + files(o.beside, ".addon.efi")
    for _, addon in addons:
        start(addon)
    if handed_on and not secure:
        extend(12, options(line))
    added = b" ".join(section(a, ".cmdline") for _, a in addons)
    if added:
        extend(12, options(added))
        line += b" " + added
    parts = [section(uki, ".ucode"), section(uki, ".initrd")] if ".ucode" in known else [section(uki, ".initrd")]
    for reg, folder, modes, found in (
            (12, "credentials", (0o500, 0o400), files(o.beside, ".cred")),
            (12, "global_credentials", (0o500, 0o400), files(o.for_all, ".cred")),
            (13, "sysext", (0o555, 0o444), files(o.beside, ".raw", ".confext.raw")),
            (12, "confext", (0o555, 0o444), files(o.beside, ".confext.raw"))):
        if found:
            parts.append(archive(".extra/" + folder, *modes, found))
            extend(reg, parts[-1])
    for name, file in ((".pcrsig", "tpm2-pcr-signature.json"), (".pcrpkey", "tpm2-pcr-public-key.pem"), (".osrel", "os-release")):
        if section(uki, name) and (name != ".osrel" or stub > 256):
            parts.append(archive(".extra", 0o555, 0o444, [(file, section(uki, name))]))
    parts = [p for p in parts if p]
    if stub < 258 and not secure:
        extend(4, authenticode(section(uki, ".linux")))
    extend(9, options(line))
    extend(9, parts[0] if len(parts) == 1 else b"".join(pad(p) for p in parts))


# ---- the two ways to boot ----
def disk():
    uki, loader = read(o.uki), read(o.loader) if o.loader else None
    firmware_variables()
    attempt()
    if o.disk:
        with open(o.disk, "rb") as f:
            start_of_disk = f.read(34 * 512)
        entries = [start_of_disk[1024 + 128 * i:1152 + 128 * i] for i in range(128)]
        entries = [e for e in entries if any(e[:16])]
        extend(5, start_of_disk[512:512 + 92] + struct.pack("<Q", len(entries)) + b"".join(entries))
    if loader:
        start(loader)
        if version(loader) >= 257 and o.loader_conf:
            extend(5, read(o.loader_conf))
    start(uki)
    image(uki, loader)
    leave()


def direct():
    kernel, initrd = bytearray(read(o.kernel)), read(o.initrd) if o.initrd else b""
    memory = int(o.memory) << 20 if o.memory else 1 << 30
    kernel[0x210], kernel[0x211] = 0xb0, kernel[0x211] | 0x80
    struct.pack_into("<H", kernel, 0x224, 0xfe00)
    struct.pack_into("<I", kernel, 0x228, 0x20000)
    if initrd:
        low = memory if memory < 0xb0000000 else 0x80000000
        last = min(0xffffffff if u("H", kernel, 0x236) & 2 else u("I", kernel, 0x22c), low - 0x28000 - 1)
        struct.pack_into("<II", kernel, 0x218, (last - len(initrd)) & ~4095, len(initrd))
    firmware_variables()
    extend(4, authenticode(bytes(kernel)))
    attempt()
    extend(9, options((o.append or "").encode() + (b" initrd=initrd" if initrd else b"")))
    if initrd:
        extend(9, initrd)
    leave()


direct() if o.kernel else disk()
if o.machine_id:
    extend(15, b"machine-id:" + o.machine_id.encode())
for words in o.file_system:
    extend(15, b"file-system:" + words.encode())
late = o.uki and version(read(o.uki)) > 257
wanted = (4, 7, 12) if o.platform else (2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14) + ((15,) if o.machine_id or o.file_system else ())
for reg in wanted:
    if (reg == 5 and o.uki and not o.disk) or (reg == 9 and late):
        continue
    for bank in banks:
        print("PCR %-2d  %-6s  %s" % (reg, bank, value(reg, bank)))
for phases in o.phase:
    for bank in banks:
        more = [(11, w.encode()) for w in phases.split(":")]
        print("PCR 11 after %s  %-6s  %s" % (phases, bank, value(11, bank, more)))
