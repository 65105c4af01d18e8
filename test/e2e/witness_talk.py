"""witness_talk.py FOLDER URL NAME: asks a witness everything that it must answer in one way, and prints ok or FAIL lines.

FOLDER holds log.pem, other.pem and witness.pem. The witness knows the logs log.example/1 and log.example/2 of log.pem.
"""
import hashlib
import http.client
import os
import socket
import sys
import threading
import time
import urllib.parse

import witness_client as w

folder, url, name = sys.argv[1:]
log_key, other_key = (os.path.join(folder, f) for f in ('log.pem', 'other.pem'))
own = w.public(os.path.join(folder, 'witness.pem'))
entries = [b'entry %d' % i for i in range(70)]
log = w.Log('log.example/1', log_key, entries)


def check(what, good):
    print('%s %s' % ('ok  ' if good else 'FAIL', what), flush=True)


def says(what, body, status, kind=None, text=None):
    got = w.post(url, body)
    good = got is not None and got[0] == status and (kind is None or got[1] == kind) and (text is None or got[2] == text)
    check(what, good)
    if not good:
        print('  answered %r' % (got,))


def cosigns(what, history, old, size):
    before = int(time.time())
    got = w.post(url, history.request(old, size))
    if got is None or got[0] != 200:
        check(what, False)
        print('  answered %r' % (got,))
        return
    at = w.cosignature(got[2], history.text(size), name, own)
    check(what, before <= at <= time.time())


def raw(data, wait=3.0):
    """What comes back for bytes that are no request of a client."""
    at = urllib.parse.urlsplit(url)
    with socket.create_connection((at.hostname, at.port), timeout=wait) as s:
        try:
            s.sendall(data)
            return s.recv(4096)
        except OSError:
            return b''


def get(path):
    at = urllib.parse.urlsplit(url)
    c = http.client.HTTPConnection(at.hostname, at.port, timeout=20)
    c.request('GET', path)
    r = c.getresponse()
    return r.status, r.read()


def protocol():
    size_type = 'text/x.tlog.size'
    mine = '/%s/checkpoint' % hashlib.sha256(b'log.example/1').hexdigest()
    check('nothing is shown of a log before its first checkpoint', get(mine)[0] == 404)
    says('an old size that is not the one it saw: 409 and the size', log.request(3, 5), 409, size_type, b'0\n')
    cosigns('the first checkpoint is cosigned', log, 0, 5)
    says('  and is not the first any more: 409 and the size', log.request(0, 5), 409, size_type, b'5\n')
    cosigns('the same checkpoint is cosigned again', log, 5, 5)
    for old, size in ((5, 6), (6, 8), (8, 13), (13, 64), (64, 70)):
        cosigns('  and one of %d entries behind %d' % (size, old), log, old, size)
    says('an older checkpoint: 409 and the size', log.request(8, 13), 409, size_type, b'70\n')
    says('an old size above the checkpoint: 400', b'old 71\n\n' + log.checkpoint(70), 400)
    says('an unknown log: 404', w.Log('log.example/3', log_key, entries).request(0, 5), 404)
    says('another key: 403', w.Log('log.example/1', other_key, entries).request(70, 70), 403)
    text, line = log.checkpoint(70).split(b'\n\n')
    says('a signature that does not hold: 403', b'old 70\n\n' + text + b'\n\n' + w.Log('log.example/1', log_key, entries[:-1] + [b'x'])
         .checkpoint(70).split(b'\n\n')[1], 403)
    says('a signature of a stranger beside it does no harm', b'old 70\n\n' + log.checkpoint(70) + w.DASH + b'stranger AAAAAAAA\n', 200)
    check('  and what it keeps has two lines', get(mine)[1].count(w.DASH) == 2)
    status, note = get(mine)
    kept, lines = note.split(b'\n\n')
    lines = lines.splitlines(keepends=True)
    check('what it cosigned last can be had', status == 200 and kept + b'\n' == log.text(70) and lines[0] == line)
    check('  with its cosignature', w.cosignature(lines[1], log.text(70), name, own) > 0)
    cosigns('another log of the same key begins for itself', w.Log('log.example/2', log_key, entries), 0, 9)


def forks():
    fork = w.Log('log.example/1', log_key, entries[:40] + [b'other %d' % i for i in range(60)])
    says('a second history of the same size: 422', fork.request(70, 70), 422)
    says('a longer one: 422', fork.request(70, 90), 422)
    says('  with the proof of the first one: 422', log.request(64, 70).split(b'\n\n')[0].replace(b'old 64', b'old 70') + b'\n\n' +
         fork.checkpoint(90), 422)
    says('  as if nothing was seen: 409', fork.request(0, 90), 409, None, b'70\n')
    cosigns('the first history goes on being cosigned', log, 70, 70)


def malformed():
    good = log.request(70, 70)
    for what, body in (('an empty body', b''), ('no old size', good[7:]), ('a proof line of 31 bytes', b'old 70\nAAAA\n\n' + log.checkpoint(70)),
                       ('no checkpoint', b'old 70\n\n'), ('64 lines of proof', b'old 70\n' + (b'A' * 43 + b'=\n') * 64 + b'\n' +
                                                         log.checkpoint(70)),
                       ('bytes that are no text', bytes(range(256)))):
        says('%s: 400' % what, body, 400)
    big = w.post(url, b'old 70\n' + b'A' * 200000)
    check('a body that is too large is refused', big is None or big[0] == 413)
    at = urllib.parse.urlsplit(url)
    host = b'Host: %s\r\n' % at.netloc.encode()
    check('GET of add-checkpoint: 405', raw(b'GET /add-checkpoint HTTP/1.1\r\n' + host + b'\r\n').startswith(b'HTTP/1.1 405'))
    check('PUT: 405', raw(b'PUT /add-checkpoint HTTP/1.1\r\n' + host + b'Content-Length: 0\r\n\r\n').startswith(b'HTTP/1.1 405'))
    check('another resource: 404', get('/')[0] == 404 and get('/etc/passwd')[0] == 404)
    check('a log that it does not know: 404', get('/%064d/checkpoint' % 0)[0] == 404)
    check('bytes that are no HTTP do no harm', raw(os.urandom(2000)) is not None)
    check('headers without end are refused', b'200' not in raw(b'GET / HTTP/1.1\r\n' + b'X: y\r\n' * 5000)[:20])


def crowd():
    """More connections than it takes that say nothing, and then go; and the same that stay."""
    at = urllib.parse.urlsplit(url)
    idle = [socket.create_connection((at.hostname, at.port)) for _ in range(80)]
    for s in idle:
        s.close()
    cosigns('a crowd that came and went does no harm', log, 70, 70)
    idle = [socket.create_connection((at.hostname, at.port)) for _ in range(80)]
    cosigns('  and one that stays and says nothing is shown out', log, 70, 70)
    for s in idle:
        s.close()


def race():
    """Many askers at once, half of them with another history: all that is cosigned is one history."""
    origin = 'log.example/2'
    first = w.Log(origin, log_key, entries[:9] + [b'a%d' % i for i in range(20)])
    second = w.Log(origin, log_key, entries[:9] + [b'b%d' % i for i in range(20)])
    bodies = [h.request(9, size) for size in (10, 11, 12, 13) for h in (first, second)]
    won, start = [], threading.Barrier(len(bodies))

    def ask(body):
        start.wait()
        got = w.post(url, body)
        if got is not None and got[0] == 200:
            won.append(body)

    threads = [threading.Thread(target=ask, args=(b,)) for b in bodies]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check('of eight that ask at once from the same size one wins', len(won) == 1)


protocol()
forks()
malformed()
crowd()
race()
