#!/usr/bin/env python3
"""MRTD and RTMRs of a TDX guest once more, slowly and plainly, for test/e2e/tdx.sh. Everything is a whole byte string
before it is hashed, and nothing is shared with the tool.

  make DIR          firmware, kernels, an initrd, a UKI, a disk, ACPI tables and variables, all made up, into DIR
  mrtd [OPTION..]   the first line of it
  header [OPTION..] whether the installed QEMU writes what is written here into this kernel's header
  values [OPTION..] the five lines of `assay measure tdx` for these options of it
"""
import hashlib
import struct
import subprocess
import sys
import uuid
import zlib

PAGE = 4096


def sha384(data):
    return hashlib.sha384(data).digest()


def guid(text):
    return uuid.UUID(text).bytes_le


# ---- the firmware's list of sections ----


def metadata(firmware):
    """[(data, address, size, type, attributes)] from the table at the end."""
    end = len(firmware) - 50
    left = struct.unpack_from("<H", firmware, end)[0] - 18
    while left > 0:
        size = struct.unpack_from("<H", firmware, end - 18)[0]
        if firmware[end - 16 : end] == guid("e47a6535-984a-4798-865e-4685a7bf8ec2"):
            at = len(firmware) - struct.unpack_from("<I", firmware, end - 18 - 4)[0]
            break
        end -= size
        left -= size
    else:
        raise SystemExit("no TDX metadata")
    assert firmware[at - 16 : at] == guid("e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae")
    magic, _, version, n = struct.unpack_from("<4sIII", firmware, at)
    assert (magic, version) == (b"TDVF", 1)
    sections = []
    for i in range(n):
        offset, raw, address, size, kind, attributes = struct.unpack_from("<IIQQII", firmware, at + 16 + 32 * i)
        sections.append((firmware[offset : offset + raw].ljust(size, b"\0"), address, size, kind, attributes, raw))
    return sections


def mrtd(firmware, two_pass):
    def record(name, address):
        return name.ljust(16, b"\0") + struct.pack("<Q", address) + bytes(104)

    stream = b""
    for data, address, size, _, attributes, _ in metadata(firmware):
        adds = [record(b"MEM.PAGE.ADD", address + page) for page in range(0, size, PAGE)]
        extends = [
            b"".join(record(b"MR.EXTEND", address + at) + data[at : at + 256] for at in range(page, page + PAGE, 256))
            for page in range(0, size, PAGE)
        ]
        if attributes & 2:
            continue
        if not attributes & 1:
            extends = [b""] * len(adds)
        if two_pass:
            stream += b"".join(adds) + b"".join(extends)
        else:
            stream += b"".join(a + e for a, e in zip(adds, extends))
    return sha384(stream)


# ---- events ----


def memory_list(firmware, memory):
    owned = sorted((a, s) for _, a, s, kind, _, _ in metadata(firmware) if kind in (2, 3))
    low = memory if memory < 0xB0000000 else 0x80000000
    ranges, at = [], 0
    for address, size in owned:
        ranges += [(7, at, address), (0, address, address + size)]
        at = address + size
    ranges += [(7, at, low), (7, 1 << 32, (1 << 32) + memory - low)]
    body = b""
    for kind, start, end in ranges:
        if end > start:
            body += struct.pack("<HHI16sIIQQ", 3, 48, 0, bytes(16), kind, 7, start, end - start)
    base = [a for _, a, _, kind, _, _ in metadata(firmware) if kind == 2][0]
    return struct.pack("<HHIIIQQQQQ", 1, 56, 0, 9, 0, 0, 0, 0, 0, base + 56 + len(body) + 8) + body


def variable(name, data):
    owner = "d719b2cb-3d3a-4596-a3bc-dad00e67656f" if name in ("db", "dbx") else "8be4df61-93ca-11d2-aa0d-00e098032b8c"
    return guid(owner) + struct.pack("<QQ", len(name), len(data)) + name.encode("utf-16-le") + data


def menu():
    path = struct.pack("<BBH", 4, 7, 20) + guid("7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1")
    path += struct.pack("<BBH", 4, 6, 20) + guid("462caa21-7614-4503-836e-8ab6f4662331") + struct.pack("<BBH", 127, 255, 4)
    return struct.pack("<IH", 0x109, len(path)) + "UiApp\0".encode("utf-16-le") + path


def authenticode(pe):
    header = struct.unpack_from("<I", pe, 60)[0]
    optional = header + 24
    checksum, directory = optional + 64, optional + 112 + 4 * 8
    n = struct.unpack_from("<H", pe, header + 6)[0]
    table = optional + struct.unpack_from("<H", pe, header + 20)[0]
    headers = struct.unpack_from("<I", pe, optional + 60)[0]
    hashed = pe[:checksum] + pe[checksum + 4 : directory] + pe[directory + 8 : headers]
    parts = sorted(struct.unpack_from("<II", pe, table + 40 * i + 16)[::-1] for i in range(n))
    total = headers
    for at, size in parts:
        hashed += pe[at : at + size]
        total += size
    return sha384(hashed + pe[total : len(pe) - struct.unpack_from("<I", pe, directory + 4)[0]])


def sections_of(pe):
    header = struct.unpack_from("<I", pe, 60)[0]
    table = header + 24 + struct.unpack_from("<H", pe, header + 20)[0]
    found = {}
    for i in range(struct.unpack_from("<H", pe, header + 6)[0]):
        name, size, _, _, at = struct.unpack_from("<8sIIII", pe, table + 40 * i)
        found[name.rstrip(b"\0").decode()] = pe[at : at + size]
    return found


def patched(kernel, initrd, memory):
    """As QEMU before 10.2 hands it over."""
    k = bytearray(kernel)
    k[0x210] = 0xB0
    k[0x211] |= 0x80
    struct.pack_into("<H", k, 0x224, 0xFE00)
    struct.pack_into("<I", k, 0x228, 0x20000)
    if initrd:
        highest = 0xFFFFFFFF if k[0x236] & 2 else struct.unpack_from("<I", k, 0x22C)[0]
        low = memory if memory < 0xB0000000 else 0x80000000
        highest = min(highest, low - 0x28000 - 1)
        struct.pack_into("<II", k, 0x218, (highest - len(initrd)) // 4096 * 4096, len(initrd))
    return bytes(k)


def cpio(name, content):
    """What systemd-stub makes: a folder, a file, the end."""

    def entry(inode, mode, path, data, hexa="%08x"):
        fields = [inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(path) + 1, 0]
        head = b"070701" + b"".join((hexa % f).encode() for f in fields) + path.encode() + b"\0"
        head += bytes(-len(head) % 4)
        return head + data + bytes(-len(data) % 4)

    archive = entry(1, 0o40555, ".extra", b"") + entry(2, 0o100444, ".extra/" + name, content)
    return archive + b"070701" + b"00000000" * 4 + b"00000001" + b"00000000" * 6 + b"0000000B" + b"00000000TRAILER!!!\0\0\0\0"


def gpt_event(disk):
    header = disk[512:604]
    entries = [disk[1024 + 128 * i : 1152 + 128 * i] for i in range(128)]
    used = [e for e in entries if e[:16] != bytes(16)]
    return header + struct.pack("<Q", len(used)) + b"".join(used)


def text(s):
    return sha384(s.encode())


def boot_events(o, direct):
    """RTMR 1 and 2, each a list of digests or the reason why not."""
    leave = [text("Exit Boot Services Invocation"), text("Exit Boot Services Returned with Success")]
    calling = [text("Calling EFI Application from Boot Option")] + ([] if o["edk2"] < "2024.11" else [sha384(bytes(4))])
    utf16 = lambda s: sha384(s.encode("utf-16-le") + b"\0\0")
    if direct:
        old = tuple(int(x) for x in o["qemu"].split(".")[:2]) < (10, 2)
        kernel = patched(o["kernel"], o["initrd"], o["memory"]) if old else o["kernel"]
        line = o["append"] + (" initrd=initrd" if o["initrd"] else "")
        return [authenticode(kernel)] + calling + leave, [utf16(line)] + ([sha384(o["initrd"])] if o["initrd"] else [])
    parts = sections_of(o["uki"])
    one = calling + [sha384(gpt_event(o["disk"])), authenticode(o["uki"]), authenticode(parts[".linux"])] + leave
    two = []
    for name in ".linux .osrel .cmdline .initrd .ucode .splash .dtb .uname .sbat .pcrpkey".split():
        if name in parts:
            two += [sha384(name.encode() + b"\0"), sha384(parts[name])]
    initrd = parts[".initrd"] + bytes(-len(parts[".initrd"]) % 4) + cpio("os-release", parts[".osrel"])
    return one, two + [utf16(parts[".cmdline"].decode()), sha384(initrd)]


def values(o):
    firmware = o["firmware"]
    cfv = [d[:raw] for d, _, _, kind, _, raw in metadata(firmware) if kind == 1][0]
    secure_boot = {"absent": b"", "off": b"\0"}[o["secure-boot"]]
    zero = [sha384(memory_list(firmware, o["memory"])), sha384(cfv), sha384(variable("SecureBoot", secure_boot))]
    zero += [sha384(variable(name, o["variables"].get(name, b""))) for name in ("PK", "KEK", "db", "dbx")]
    zero += [sha384(bytes(4)), sha384(o["loader"]), sha384(o["rsdp"]), sha384(o["tables"])]
    zero += [sha384(v) for v in (o["boot"] or [b"\0\0", menu()])]
    zero += [sha384(bytes(4))] if o["edk2"] < "2024.11" else []
    one, two = boot_events(o, o["kernel"] is not None)
    print("MRTD", mrtd(firmware, o["two-pass"]).hex())
    for i, events in enumerate([zero, one, two, o["rtmr3"]]):
        register = bytes(48)
        for digest in events:
            register = sha384(register + digest)
        print("RTMR", i, register.hex())


def options(words):
    o = {k: None for k in ("firmware", "kernel", "uki", "disk", "tables", "loader", "rsdp", "qemu", "memory", "secure-boot", "edk2")}
    o.update({"initrd": b"", "append": "", "variables": {}, "boot": [], "rtmr3": [], "two-pass": False, "paths": {}})
    i = 0
    while i < len(words):
        name = words[i][2:]
        name = name[5:] if name.startswith("acpi-") else name
        if name in ("two-pass", "kernel-measures"):
            o[name] = True
            i += 1
            continue
        value = words[i + 1]
        i += 2
        if name == "memory":
            o[name] = int(value[:-1]) << {"K": 10, "M": 20, "G": 30, "T": 40}[value[-1]]
        elif name == "variable":
            o["variables"][value.split("=")[0]] = open(value.split("=")[1], "rb").read()
        elif name == "boot-variable":
            o["boot"].append(open(value, "rb").read())
        elif name == "rtmr3":
            o["rtmr3"].append(bytes.fromhex(value) if len(value) == 96 else sha384(open(value, "rb").read()))
        elif name in ("qemu", "append", "secure-boot", "edk2"):
            o[name] = value
        else:
            o[name] = open(value, "rb").read()
            o["paths"][name] = value
    return o


# ---- what the installed QEMU does ----


def qemu_setup(o):
    """The kernel's first sectors as QEMU shows them to firmware (fw_cfg items 0x17 and 0x18), read through its test protocol."""
    words = ["qemu-system-x86_64", "-nodefaults", "-display", "none", "-machine", "q35", "-accel", "tcg", "-S"]
    words += ["-qtest", "stdio", "-qtest-log", "none", "-m", "%dM" % (o["memory"] >> 20), "-kernel", o["paths"]["kernel"]]
    words += ["-append", o["append"]] + (["-initrd", o["paths"]["initrd"]] if o["initrd"] else [])
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as qemu:

        def ask(line):
            qemu.stdin.write(line.encode() + b"\n")
            qemu.stdin.flush()
            answer = qemu.stdout.readline().split()
            assert answer[0] == b"OK", answer
            return answer[1:]

        def item(key, n):
            ask("outw 0x510 0x%x" % key)
            return bytes(int(ask("inb 0x511")[0], 16) for _ in range(n))

        data = item(0x18, struct.unpack("<I", item(0x17, 4))[0])
        qemu.kill()
    return data


def check_header(o):
    seen = qemu_setup(o)
    made = patched(o["kernel"], o["initrd"], o["memory"])[: len(seen)]
    differ = ["0x%x" % i for i in range(len(seen)) if seen[i] != made[i]]
    print("same" if len(seen) >= 1024 and not differ else "differs at " + " ".join(differ))


# ---- made-up inputs ----


def noise(n, seed):
    return hashlib.shake_256(b"noise%d" % seed).digest(n)


def make_pe(sections):
    """PE32+ with these sections; the headers leave room for a bzImage's."""
    at, body, table = 0x400, b"", b""
    for name, data in sections:
        raw = data + bytes(-len(data) % 512)
        table += struct.pack("<8sIIIIIIHHI", name.encode(), len(data), at * 16, len(raw), at, 0, 0, 0, 0, 0x60000020)
        body += raw
        at += len(raw)
    optional = bytearray(240)
    struct.pack_into("<H", optional, 0, 0x20B)
    struct.pack_into("<I", optional, 60, 0x400)
    struct.pack_into("<I", optional, 108, 16)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, len(sections), 0, 0, 0, 240, 0x22E)
    head = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64) + coff + bytes(optional)
    return bytearray((head + table).ljust(0x400, b"\0") + body)


def make_kernel(seed, xflags):
    k = make_pe([(".setup", noise(700, seed)), (".text", noise(70001, seed + 1))])
    k[0x202:0x206] = b"HdrS"
    struct.pack_into("<HIHBB", k, 0x206, 0x20F, 0, 0x1000, 0, 0)
    struct.pack_into("<H", k, 0x20E, 0x270 - 0x200)
    k[0x211] = 1
    struct.pack_into("<I", k, 0x22C, 0x37FFFFFF)
    struct.pack_into("<H", k, 0x236, xflags)
    k[0x270:0x280] = b"6.12.1-made \0\0\0\0"
    return bytes(k)


def make_firmware(layout, seed, size=0x40000):
    descriptor = guid("e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae") + b"TDVF" + struct.pack("<III", 16 + 32 * len(layout), 1, len(layout))
    descriptor += b"".join(struct.pack("<IIQQII", *s) for s in layout)
    distance = 1500
    image = noise(size - distance - 16, seed) + descriptor
    image += bytes(size - 50 - 22 - len(image))
    image += struct.pack("<IH", distance, 22) + guid("e47a6535-984a-4798-865e-4685a7bf8ec2")
    image += struct.pack("<H", 40) + guid("96b582de-1fb2-45f7-baea-a366c55a082d")
    return image + bytes(32)


def make_tables(names):
    """As QEMU lays them out, with loader and root pointer."""
    tables, at = b"", {}
    for i, name in enumerate(names):
        at[name] = (len(tables), 200 + i)
        tables += (name.encode() + struct.pack("<I", 200 + i) + noise(192 + i, i))[: 200 + i]
    root, linked = len(tables), names[2:]
    size = 36 + 4 * len(linked)
    tables += b"RSDT" + struct.pack("<I", size) + b"\1\0BOCHS BXPC    " + bytes(12)
    tables += b"".join(struct.pack("<I", at[n][0]) for n in linked)
    name = lambda s: s.encode().ljust(56, b"\0")
    file, pointer = name("etc/acpi/tables"), name("etc/acpi/rsdp")
    total = lambda f, where, start, n: struct.pack("<I", 3) + f + struct.pack("<III", where, start, n)
    link = lambda f, where, n: struct.pack("<I", 2) + f + file + struct.pack("<IB", where, n)
    commands = [struct.pack("<I", 1) + pointer + struct.pack("<IB", 16, 2), struct.pack("<I", 1) + file + struct.pack("<IB", 64, 1)]
    whole = lambda n: total(file, at[n][0] + 9, at[n][0], at[n][1])
    commands += [whole("DSDT")] + [link(file, at["FACP"][0] + where, n) for where, n in ((36, 4), (40, 4), (140, 8))]
    commands += [whole(n) for n in linked] + [link(file, root + 36 + 4 * i, 4) for i in range(len(linked))]
    commands += [total(file, root + 9, root, size), link(pointer, 16, 4), total(pointer, 8, 0, 20)]
    loader = b"".join(c.ljust(128, b"\0") for c in commands).ljust(4096, b"\0")
    return tables.ljust(131072, b"\0"), loader, b"RSD PTR \0BOCHS \0" + struct.pack("<I", root)


def make_disk():
    entries = (noise(16, 50) + noise(16, 51) + struct.pack("<QQQ", 40, 99, 0) + "esp".encode("utf-16-le").ljust(72, b"\0")).ljust(128 * 3, b"\0")
    entries = (entries + noise(128, 52)).ljust(128 * 128, b"\0")

    def header(crc):
        return struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, crc, 0, 1, 199, 34, 166, noise(16, 53), 2, 128, 128, zlib.crc32(entries))

    return bytes(512) + header(zlib.crc32(header(0))).ljust(512, b"\0") + entries + bytes(100000)


def make(folder):
    kernel = make_kernel(7, 2)
    tables, loader, rsdp = make_tables(["FACS", "DSDT", "FACP", "APIC", "HPET", "MCFG", "WAET"])
    uki = make_pe([
        (".sbat", b"sbat,1\n"), (".sdmagic", b"#### LoaderInfo: systemd-stub 257.9-1~deb13u1 ####\0"),
        (".osrel", b"ID=made\nVERSION_ID=1\n"), (".cmdline", b"console=ttyS0 quiet"), (".uname", b"6.12.1-made"),
        (".initrd", noise(5003, 20)), (".linux", kernel),
    ])
    temp = [(0, 0, 0x811000, 0xF000, 3, 0), (0, 0, 0x80B000, 0x2000, 3, 0), (0, 0, 0x809000, 0x2000, 2, 0), (0, 0, 0x800000, 0x6000, 3, 0)]
    files = {
        "ovmf.fd": make_firmware([(0x8000, 0x38000, 0xFFFC8000, 0x38000, 0, 1), (0, 0x8000, 0xFFFC0000, 0x8000, 1, 0)] + temp, 1),
        # In another order, with code that ends within a page and zeroes that are measured.
        "odd.fd": make_firmware(temp[::-1] + [(0, 0, 0x820000, 0x1000, 3, 1), (16, 0x7001, 0xFFF00000, 0x9000, 1, 0),
                                              (0x8000, 0x2345, 0xFFFC0000, 0x3000, 0, 1)], 2),
        "kernel": kernel, "low-kernel": make_kernel(9, 0x40), "initrd": noise(300001, 10), "pages": noise(40960, 11), "uki.efi": bytes(uki), "disk.img": make_disk(),
        "tables": tables, "loader": loader, "rsdp": rsdp, "pk": noise(900, 30), "db": noise(1900, 31), "order": b"\1\0\0\0",
        "option": noise(120, 32), "app": b"an application's event",
    }
    for name, data in files.items():
        with open(folder + "/" + name, "wb") as f:
            f.write(data)


if sys.argv[1] == "make":
    make(sys.argv[2])
elif sys.argv[1] == "mrtd":
    given = options(sys.argv[2:])
    print("MRTD", mrtd(given["firmware"], given["two-pass"]).hex())
elif sys.argv[1] == "header":
    check_header(options(sys.argv[2:]))
else:
    values(options(sys.argv[2:]))
