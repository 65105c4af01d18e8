# The kernel's configfs-tsm as a file system in user space (Documentation/ABI/testing/configfs-tsm-report, and
# drivers/virt/coco/guest/report.c for what that leaves open). An entry has its attributes as soon as it is made; binary
# ones are taken when they are closed; generation counts writes; outblob is made anew when something was written since.
#   tsm_fs.py MOUNT PROVIDER CONTROL LOG [TABLE] -- MAKER...
# MAKER signs 64 bytes at a time (report_maker.h). CONTROL holds words, read anew at each operation: provider=NAME, none (no
# provider), busy=N and interfere=N (so many reports from now), error=NUMBER (of reading outblob), floor=N. Every entry made or
# removed and every write stands in LOG.
import errno
import os
import stat
import struct
import subprocess
import sys

try:
    from fusepy import FUSE, FuseOSError, Operations
except ImportError:
    from fuse import FUSE, FuseOSError, Operations

TEXT = {"provider": 0o444, "generation": 0o444, "privlevel": 0o200, "privlevel_floor": 0o444}
BINARY = {"inblob": 0o200, "outblob": 0o400, "auxblob": 0o400}


class Entry:
    def __init__(self):
        self.inblob = b""
        self.outblob = None
        self.level = 0
        self.written = self.read = 0


class Tsm(Operations):
    def __init__(self, provider, control, log, table, maker):
        self.default, self.control, self.log = provider, control, log
        self.maker = subprocess.Popen(maker, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.sign(bytes(64))  # it takes a while until the authority has its keys
        self.table = open(table, "rb").read() if table else b""
        self.entries, self.open_files, self.next, self.used = {}, {}, 1, {}

    def said(self, word):
        for w in open(self.control).read().split():
            name, _, value = w.partition("=")
            if name == word:
                return value or "yes"
        return None

    def sign(self, data):
        self.maker.stdin.write(data)
        self.maker.stdin.flush()
        return self.maker.stdout.read(struct.unpack("<I", self.maker.stdout.read(4))[0])

    # So many times since the control file was written anew.
    def times(self, word):
        stamp = os.stat(self.control).st_mtime_ns
        key = (word, stamp)
        left = self.used.get(key, int(self.said(word) or 0))
        self.used[key] = left - 1
        return left > 0

    def provider(self):
        return None if self.said("none") else self.said("provider") or self.default

    def note(self, *words):
        with open(self.log, "a") as f:
            print(*words, file=f)

    def attributes(self):
        names = dict(TEXT)
        names.update(BINARY)
        if self.provider() == "tdx_guest":
            for n in ("privlevel", "privlevel_floor", "auxblob"):
                del names[n]
        return names

    def find(self, path):
        parts = path.strip("/").split("/")
        entry = self.entries.get(parts[0])
        if entry is None or len(parts) > 2:
            raise FuseOSError(errno.ENOENT)
        if len(parts) == 2 and parts[1] not in self.attributes():
            raise FuseOSError(errno.ENOENT)
        return entry, parts[1] if len(parts) == 2 else None

    def getattr(self, path, fh=None):
        mode, size = stat.S_IFDIR | 0o755, 0
        if path != "/":
            _, name = self.find(path)
            if name:
                mode, size = stat.S_IFREG | self.attributes()[name], 4096 if name in TEXT else 0
        return {"st_mode": mode, "st_nlink": 1, "st_size": size, "st_uid": 0, "st_gid": 0}

    def readdir(self, path, fh):
        if path == "/":
            return [".", ".."] + sorted(self.entries)
        return [".", ".."] + sorted(self.attributes())

    def mkdir(self, path, mode):
        name = path.strip("/")
        if "/" in name:
            raise FuseOSError(errno.EPERM)
        if self.provider() is None:
            raise FuseOSError(errno.ENXIO)
        self.entries[name] = Entry()
        self.note("mkdir", name)

    def rmdir(self, path):
        _, name = self.find(path)
        if name:
            raise FuseOSError(errno.ENOTDIR)
        del self.entries[path.strip("/")]
        self.note("rmdir", path.strip("/"))

    def create(self, path, mode, fi=None):
        raise FuseOSError(errno.EPERM)

    def unlink(self, path):
        raise FuseOSError(errno.EPERM)

    def truncate(self, path, length, fh=None):
        pass

    def open(self, path, flags):
        self.find(path)
        self.next += 1
        self.open_files[self.next] = None
        return self.next

    def show(self, entry, name):
        if name == "provider":
            if self.provider() is None:
                raise FuseOSError(errno.ENXIO)
            return self.provider().encode() + b"\n"
        if name == "generation":
            return b"%d\n" % entry.written
        if name == "privlevel_floor":
            return (self.said("floor") or "0").encode() + b"\n"
        return self.blob(entry, name)

    def blob(self, entry, name):
        if self.provider() is None:
            raise FuseOSError(errno.ENXIO)
        if not entry.inblob:
            raise FuseOSError(errno.EINVAL)
        if entry.outblob is None or entry.read != entry.written:
            if self.said("error"):
                raise FuseOSError(int(self.said("error")))
            if self.times("busy"):
                raise FuseOSError(errno.EBUSY)
            if len(entry.inblob) != 64 or entry.level < int(self.said("floor") or 0):
                raise FuseOSError(errno.EINVAL)
            entry.outblob, entry.read = self.sign(entry.inblob), entry.written
            if self.times("interfere"):
                entry.written += 1
        return entry.outblob if name == "outblob" else self.table

    def read(self, path, size, offset, fh):
        entry, name = self.find(path)
        if self.open_files[fh] is None:
            self.open_files[fh] = self.show(entry, name)
        return self.open_files[fh][offset : offset + size]

    def write(self, path, data, offset, fh):
        if offset + len(data) > 64:
            raise FuseOSError(errno.EFBIG)
        before = self.open_files[fh] or b""
        self.open_files[fh] = before[:offset] + data
        return len(data)

    # At close, while the closer waits; configfs tells nobody how it went.
    def flush(self, path, fh):
        entry, name = self.find(path)
        data = self.open_files[fh]
        if data is not None and name == "inblob":
            entry.inblob, entry.written = data, entry.written + 1
            self.note("inblob", data.hex())
        if data is not None and name == "privlevel":
            entry.level, entry.written = int(data), entry.written + 1
            self.note("privlevel", int(data))
        return 0

    def release(self, path, fh):
        self.open_files.pop(fh, None)
        return 0


def main():
    split = sys.argv.index("--")
    mount, provider, control, log = sys.argv[1:5]
    table = sys.argv[5] if split > 5 else None
    tsm = Tsm(provider, control, log, table, sys.argv[split + 1 :])
    FUSE(tsm, mount, foreground=True, nothreads=True, direct_io=True, default_permissions=True,
         allow_other=True)


main()
