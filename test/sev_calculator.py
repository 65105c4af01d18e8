#!/usr/bin/python3
"""The slow, obvious way to launch digests of SEV guests, for tests and as what the bench is held against.

  sev_calculator.py make FILE SIZE SEED SECTION...   a firmware image with these sections, ADDRESS,SIZE,TYPE in hex each
  sev_calculator.py snp|seves|sev FIRMWARE VMM VCPUS SIGNATURE FEATURES [KERNEL INITRD APPEND]   prints the digest
"""
import hashlib
import struct
import sys
import uuid

PAGE = 4096
FOOTER = "96b582de-1fb2-45f7-baea-a366c55a082d"
RESET = "00f771de-1a7e-4fcb-890e-68c77e2fb44e"
HASHES = "7255371f-3a3b-4b04-927b-1da6efa8d454"
METADATA = "dc886566-984a-4798-a75e-5585a7bf67cc"


def guid(text):
    return uuid.UUID(text).bytes_le


def make(path, size, seed, sections):
    body = bytearray()
    counter = 0
    while len(body) < size:
        # Some pages are alike, as in real images.
        body += (b"\xff" * PAGE if counter % 3 == 1 else hashlib.sha256(b"%d %d" % (seed, counter)).digest() * 128)
        counter += 1

    def entry(name, data):
        return data + struct.pack("<H", len(data) + 18) + guid(name)

    table = entry(METADATA, struct.pack("<I", 2048)) + entry(HASHES, struct.pack("<II", 0x810c00, 0x400))
    table += entry(RESET, struct.pack("<I", 0x80b004))
    table += struct.pack("<H", len(table) + 18) + guid(FOOTER)
    body[size - 32 - len(table):size - 32] = table
    metadata = b"ASEV" + struct.pack("<III", 16 + 12 * len(sections), 1, len(sections))
    metadata += b"".join(struct.pack("<III", *s) for s in sections)
    body[size - 2048:size - 2048 + len(metadata)] = metadata
    with open(path, "wb") as f:
        f.write(body[:size])


def read_table(image):
    size = struct.unpack_from("<H", image, len(image) - 50)[0]
    assert image[-48:-32] == guid(FOOTER)
    table = image[len(image) - 32 - size:len(image) - 50]
    found = {}
    while table:
        n = struct.unpack_from("<H", table, len(table) - 18)[0]
        found[table[-16:]] = table[len(table) - n:-18]
        table = table[:len(table) - n]
    return found


def read_sections(image, table):
    at = len(image) - struct.unpack("<I", table[guid(METADATA)])[0]
    assert image[at:at + 4] == b"ASEV"
    n = struct.unpack_from("<I", image, at + 12)[0]
    return [struct.unpack_from("<III", image, at + 16 + 12 * i) for i in range(n)]


def hash_table(kernel, initrd, append):
    def entry(name, data):
        return guid(name) + struct.pack("<H", 50) + hashlib.sha256(data).digest()

    entries = entry("97d02dd8-bd20-4c94-aa78-e7714d36ab2a", append + b"\0")
    entries += entry("44baf731-3a2f-4bd7-9af1-41e29169781d", initrd)
    entries += entry("4de79437-abd2-427f-b835-d5b172d2045b", kernel)
    return guid("9438d606-4f22-4cc9-b479-a793d411fd21") + struct.pack("<H", 168) + entries + bytes(8)


def vmsa(vmm, eip, signature, features):
    page = bytearray(PAGE)

    def segment(at, selector, attributes, base=0):
        struct.pack_into("<HHIQ", page, at, selector, attributes, 0xffff, base)

    def number(at, value, size=8):
        page[at:at + size] = value.to_bytes(size, "little")

    for at in (0x00, 0x30, 0x40, 0x50):
        segment(at, 0, 0x93)
    segment(0x10, 0xf000, 0x9a if vmm == "ec2" and eip == 0xfffffff0 else 0x9b, eip & 0xffff0000)
    segment(0x20, 0, 0x92 if vmm == "ec2" else 0x93)
    segment(0x60, 0, 0)
    segment(0x70, 0, 0x82)
    segment(0x80, 0, 0)
    segment(0x90, 0, 0x83 if vmm == "ec2" else 0x8b)
    number(0xd0, 0x1000)
    number(0x148, 0x40)
    number(0x158, 0x10)
    number(0x160, 0x400)
    number(0x168, 0xffff0ff0)
    number(0x170, 2)
    number(0x178, eip & 0xffff)
    number(0x268, 0x70106 if vmm == "gce" else 0x7040600070406)
    number(0x310, signature if vmm == "qemu" else 0x600)
    number(0x3b0, features)
    number(0x3e8, 1)
    if vmm == "qemu":
        number(0x408, 0x1f80, 4)
        number(0x410, 0x37f, 2)
    return bytes(page)


class Launch:
    def __init__(self):
        self.digest = bytes(48)

    def add(self, kind, address, page=None):
        content = hashlib.sha384(page).digest() if page is not None else bytes(48)
        record = self.digest + content + struct.pack("<HBBBBBBQ", 0x70, kind, 0, 0, 0, 0, 0, address)
        self.digest = hashlib.sha384(record).digest()

    def blank(self, kind, address, size):
        for at in range(0, size, PAGE):
            self.add(kind, address + at)


def snp(image, vmm, vcpus, signature, features, kernel):
    table = read_table(image)
    launch = Launch()
    for at in range(0, len(image), PAGE):
        launch.add(1, 2**32 - len(image) + at, image[at:at + PAGE])
    late = []
    for address, size, kind in read_sections(image, table):
        if kind == 1:
            launch.blank(4 if vmm == "gce" else 3, address, size)
        elif kind == 2:
            launch.add(5, address)
        elif kind == 3 and vmm == "ec2":
            late.append(address)
        elif kind == 3:
            launch.add(6, address)
        elif kind == 0x10 and kernel:
            at = struct.unpack_from("<I", table[guid(HASHES)])[0] & 0xfff
            page = bytes(at) + hash_table(*kernel)
            launch.add(1, address, page + bytes(PAGE - len(page)))
        else:
            launch.blank(3, address, size)
    for address in late:
        launch.add(6, address)
    where = 0xffffffffff000 if vmm == "gce" and signature == 0xa10f10 else 0xfffffffff000
    for page in processors(table, vmm, vcpus, signature, features):
        launch.add(2, where, page)
    return launch.digest


def processors(table, vmm, vcpus, signature, features):
    reset = struct.unpack("<I", table[guid(RESET)])[0]
    return [vmsa(vmm, reset if i else 0xfffffff0, signature, features) for i in range(vcpus)]


def main(args):
    if args[0] == "make":
        sections = [tuple(int(n, 16) for n in s.split(",")) for s in args[4:]]
        return make(args[1], int(args[2]), int(args[3]), sections)
    mode, firmware, vmm = args[:3]
    vcpus, signature, features = int(args[3]), int(args[4], 0), int(args[5], 0)
    with open(firmware, "rb") as f:
        image = f.read()
    kernel = None
    if len(args) > 6:
        files = [open(name, "rb").read() if name else b"" for name in args[6:8]]
        kernel = (*files, args[8].encode())
    if mode == "snp":
        print(snp(image, vmm, vcpus, signature, features, kernel).hex())
        return None
    everything = image + (hash_table(*kernel) if kernel else b"")
    if mode == "seves":
        everything += b"".join(processors(read_table(image), vmm, vcpus, signature, 0))
    print(hashlib.sha256(everything).hexdigest())
    return None


main(sys.argv[1:])
