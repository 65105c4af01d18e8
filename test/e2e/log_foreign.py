"""A second implementation of transparency logs, slow and obvious, for log.sh. Nothing in it is shared with the tool.

  check FOLDER                   everything a web server would give away, recomputed from the entries; prints SIZE ROOT
  sizes ASSAY KEY WORK MAX       every size up to MAX, grown one by one, against a log of that size made in one go
  proof PROOF ENTRY VKEY         a tlog-proof
  consistency JSON               what `assay log consistency --json` printed
  signed FOLDER NOTE...          each note is a checkpoint of a tree that FOLDER's begins with
  vkey NAME TYPE PEM             the text form of a key, of type 1 (Ed25519) or 4 (cosignatures)
  cosign NOTE NAME PEM TIME      a witness's line for a checkpoint
  statement SEED VERDICT [BY]    a rebuild statement; envelope SEED VERDICT [BY]: in a DSSE envelope with a made-up signature
"""
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile


def sha(b):
    return hashlib.sha256(b).digest()


def leaf(entry):
    return sha(b'\0' + entry)


def root(leaves):
    """RFC 6962, 2.1, as it is written there."""
    if not leaves:
        return sha(b'')
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha(b'\1' + root(leaves[:k]) + root(leaves[k:]))


def path_of(level, at, width):
    groups = ['%03d' % (at % 1000)]
    while at >= 1000:
        at //= 1000
        groups.insert(0, 'x%03d' % (at % 1000))
    return 'tile/%s/%s%s' % (level, '/'.join(groups), '' if width == 256 else '.p/%d' % width)


def read(folder, path):
    with open(os.path.join(folder, path), 'rb') as f:
        return f.read()


def read_note(raw):
    text, lines = raw.decode().split('\n\n')
    origin, size, b64 = text.split('\n')
    return origin, int(size), base64.b64decode(b64, validate=True), text + '\n', lines


def signed_by(text, lines, vkey):
    name, key_id, b64 = vkey.split('+', 2)
    public = base64.b64decode(b64)
    assert public[0] == 1 and sha(name.encode() + b'\n' + public)[:4].hex() == key_id
    for line in lines.splitlines():
        dash, who, sig = line.split(' ')
        sig = base64.b64decode(sig)
        if dash != '\u2014' or who != name or sig[:4].hex() != key_id:
            continue
        with tempfile.TemporaryDirectory() as d:
            for file, data in (('key', bytes.fromhex('302a300506032b6570032100') + public[1:]), ('text', text.encode()), ('sig', sig[4:])):
                with open(os.path.join(d, file), 'wb') as f:
                    f.write(data)
            subprocess.run(['openssl', 'pkeyutl', '-verify', '-pubin', '-keyform', 'DER', '-inkey', d + '/key', '-rawin',
                            '-in', d + '/text', '-sigfile', d + '/sig'], check=True, stdout=subprocess.DEVNULL)
        return True
    return False


def files_of(folder, size):
    """The tiles of a log of that size by path, and its entries."""
    files, entries = {}, []
    for at in range((size + 255) // 256):
        width = min(256, size - 256 * at)
        path = path_of('entries', at, width)
        files[path] = raw = read(folder, path)
        found, p = [], 0
        while p < len(raw):
            n = int.from_bytes(raw[p:p + 2], 'big')
            found.append(raw[p + 2:p + 2 + n])
            assert len(found[-1]) == n
            p += 2 + n
        assert len(found) == width
        entries += found
    hashes, level = [leaf(e) for e in entries], 0
    while hashes:
        for at in range((len(hashes) + 255) // 256):
            part = hashes[256 * at:256 * at + 256]
            path = path_of(level, at, len(part))
            files[path] = raw = read(folder, path)
            assert raw == b''.join(part), path
        hashes = [root(hashes[i:i + 256]) for i in range(0, len(hashes) // 256 * 256, 256)]
        level += 1
    return files, entries


def check(folder, vkey=None, signature=True):
    origin, size, want, text, lines = read_note(read(folder, 'checkpoint'))
    files, entries = files_of(folder, size)
    assert root([leaf(e) for e in entries]) == want
    if signature:
        assert signed_by(text, lines, vkey or json.loads(read(folder, '.log/log.json'))['key'])
    return size, want, entries, files


def entry_of(i):
    return (b'entry %d\n' % i) * (i % 5)


def sizes(assay, key, work, most):
    by_one = os.path.join(work, 'by-one')
    run = lambda *a: subprocess.run([assay, 'log', *a], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    make = lambda folder: run('init', folder, '--origin', 'example.org/sizes', '--key', key)
    make(by_one)
    for i in range(most):
        name = os.path.join(work, 'e%d' % i)
        with open(name, 'wb') as f:
            f.write(entry_of(i))
        assert run('add', by_one, name).split()[0] == b'%d' % i
        size, want, entries, files = check(by_one, signature=i % 50 == 0)
        assert size == i + 1 and entries == [entry_of(k) for k in range(size)]
        at_once = os.path.join(work, 'at-once')
        make(at_once)
        with open(os.path.join(work, 'list'), 'w') as f:
            f.write(''.join(os.path.join(work, 'e%d\n' % k) for k in range(size)))
        run('add', at_once, '--list', os.path.join(work, 'list'))
        assert check(at_once, signature=False)[3] == files
        assert read(at_once, 'checkpoint') == read(by_one, 'checkpoint')
        shutil.rmtree(at_once)
    print('%d sizes' % most)


def proof(path, entry, vkey):
    head, note = read('.', path).split(b'\n\n', 1)
    lines = head.decode().split('\n')
    assert lines[0] == 'c2sp.org/tlog-proof@v1' and lines[1].startswith('index ')
    at, hashes = int(lines[1][6:]), [base64.b64decode(h) for h in lines[2:]]
    _, size, want, text, sigs = read_note(note)
    assert signed_by(text, sigs, vkey) and at < size
    fn, sn, r = at, size - 1, leaf(read('.', entry))
    for p in hashes:
        assert sn
        if fn & 1 or fn == sn:
            r = sha(b'\1' + p + r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha(b'\1' + r + p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0 and r == want
    print(at, size)


def consistency(path):
    j = json.loads(read('.', path))
    m, n = j['old']['size'], j['new']['size']
    r1, r2 = bytes.fromhex(j['old']['root']), bytes.fromhex(j['new']['root'])
    p = [bytes.fromhex(h) for h in j['proof']]
    if m == n or m == 0:
        assert not p and (m == 0 or r1 == r2)
        return
    if m & (m - 1) == 0:
        p.insert(0, r1)
    fn, sn = m - 1, n - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = p[0]
    for c in p[1:]:
        assert sn
        if fn & 1 or fn == sn:
            fr, sr = sha(b'\1' + c + fr), sha(b'\1' + c + sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha(b'\1' + sr + c)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0 and fr == r1 and sr == r2


def signed(folder, notes):
    _, _, entries, _ = check(folder)
    leaves, roots, n = [leaf(e) for e in entries], {}, 0
    for path in notes:
        try:
            _, size, want, _, _ = read_note(read('.', path))
        except (ValueError, UnicodeDecodeError):
            continue  # cut off by the kill, or a tile
        assert size <= len(leaves), path
        if size not in roots:
            roots[size] = root(leaves[:size])
        assert roots[size] == want, path
        n += 1
    print('%d checkpoints, %d trees, one history' % (n, len(roots)))


def openssl(*args):
    return subprocess.run(['openssl', *args], check=True, stdout=subprocess.PIPE).stdout


def vkey(name, kind, pem):
    public = bytes([kind]) + openssl('pkey', '-in', pem, '-pubout', '-outform', 'DER')[-32:]
    return '%s+%s+%s' % (name, sha(name.encode() + b'\n' + public)[:4].hex(), base64.b64encode(public).decode())


def cosign(note, name, pem, at):
    text = read_note(read('.', note))[3]
    with tempfile.NamedTemporaryFile() as f:
        f.write(('cosignature/v1\ntime %d\n' % at).encode() + text.encode())
        f.flush()
        sig = openssl('pkeyutl', '-sign', '-inkey', pem, '-rawin', '-in', f.name)
    blob = bytes.fromhex(vkey(name, 4, pem).split('+')[1]) + at.to_bytes(8, 'big') + sig
    return '\u2014 %s %s' % (name, base64.b64encode(blob).decode())


OUTPUTS = ['kernel', 'stub', 'initrd', 'root hash', 'uki.efi', 'ESP', 'disk.img', 'firmware/OVMF_CODE.fd', 'firmware/OVMF_VARS.fd', 'manifest.json']


def statement(seed, verdict, by=''):
    h = lambda what: hashlib.sha256(('%s %s' % (seed, what)).encode()).hexdigest()
    r = [('qemu-vtpm', 4), ('qemu-vtpm', 11)]
    result = {'verdict': verdict}
    if verdict == 'failed':
        result['failed-at'] = 'build'
    result['description-sha256'], result['lock-sha256'] = h('description'), h('lock')
    built = verdict != 'failed'
    if verdict == 'identical' or not built:
        result['published-manifest-sha256'] = h('manifest.json')
    result['outputs'] = [{'name': n, 'sha256': h(n)} for n in OUTPUTS] if built else []
    result['registers'] = [{'platform': p, 'register': n, 'sha256': h('%s %d' % (p, n))} for p, n in r] if built else []
    subject = [{'name': n, 'digest': {'sha256': h(n)}} for n in OUTPUTS]
    subject += [{'name': '%s PCR %d' % (p, n), 'digest': {'sha256': h('%s %d' % (p, n))}} for p, n in r]
    about = {'tool': {'version': 'assay 0.1.0', 'sha256': h('tool')}, 'at': '2026-01-01T00:00:00Z',
             'archive-membership': {'verdict': 'verified'}, 'components-made': 1, 'observed': [],
             'variations': {'kernel': '6.1', 'processor': 'x', 'processors': 2, 'root': False}}
    if by:
        about = {'name': by, **about}
    return json.dumps({'_type': 'https://in-toto.io/Statement/v1', 'subject': subject, 'predicateType': 'tag:assay,2026:rebuild/1',
                       'predicate': {'format': 'assay.rebuild/1', 'result': result, 'by': about}}, indent=2) + '\n'


def envelope(*of):
    payload = base64.b64encode(statement(*of).encode()).decode()
    return json.dumps({'payload': payload, 'payloadType': 'application/vnd.in-toto+json',
                       'signatures': [{'keyid': '', 'sig': base64.b64encode(bytes(64)).decode()}]}, indent=2) + '\n'


verb, args = sys.argv[1], sys.argv[2:]
if verb == 'check':
    found = check(*args)
    print(found[0], found[1].hex())
elif verb == 'sizes':
    sizes(args[0], args[1], args[2], int(args[3]))
elif verb == 'proof':
    proof(*args)
elif verb == 'consistency':
    for name in args:
        consistency(name)
    print(len(args))
elif verb == 'signed':
    signed(args[0], args[1:])
elif verb == 'vkey':
    print(vkey(args[0], int(args[1]), args[2]))
elif verb == 'cosign':
    sys.stdout.buffer.write((cosign(args[0], args[1], args[2], int(args[3])) + '\n').encode())
elif verb == 'statement':
    sys.stdout.write(statement(*args))
elif verb == 'envelope':
    sys.stdout.write(envelope(*args))
