"""witness_kills.py ASSAY FOLDER NAME LOG [traced]: kills a witness while two histories of a log are shown to it, and starts it again.

First with kill -9 just before each system call of one request that writes, by strace; then at times as they come, with several
askers at once. In the end each cosignature that anybody ever received is verified and held against each other one: they are of
one history.
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import witness_client as w

assay, folder, name, log_vkey = sys.argv[1:5]
key = os.path.join(folder, 'log.pem')
own = w.public(os.path.join(folder, 'witness.pem'))
common = [b'entry %d' % i for i in range(4)]
histories = [w.Log('log.example/1', key, common + [b'%d of %d' % (i, h) for i in range(200)]) for h in (1, 2)]
CALLS = ('openat', 'fchmod', 'pwrite64', 'fsync', 'renameat', 'writev')


def check(what, good):
    print('%s %s' % ('ok  ' if good else 'FAIL', what), flush=True)


class Witness:
    def __init__(self, state, before=()):
        self.process = subprocess.Popen(list(before) + [assay, 'witness', 'serve', '--key', os.path.join(folder, 'witness.pem'), '--name', name,
                                                        '--state', state, '--log', log_vkey, '--listen', '127.0.0.1:0'],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
        self.url = self.process.stdout.readline().decode().strip()

    def end(self, number=signal.SIGKILL):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass
        self.process.stdout.close()
        return self.process.wait()


def ask(url, history, old, size):
    """What was cosigned, as (history, size, line); None, or the size that the witness saw last."""
    got = w.post(url, histories[history].request(old, size), timeout=10)
    if got is not None and got[0] == 200:
        return (history, size, got[2])
    return int(got[2]) if got is not None and got[0] == 409 else None


def root_of(history, size):
    return w.root(histories[history].entries[:size])


def agree(a, b):
    """Two trees, each of a history and size, are of one history."""
    small, large = sorted((a, b), key=lambda t: t[1])
    return root_of(small[0], small[1]) == root_of(large[0], small[1])


def killed_before(call, n):
    """Starts a witness that saw four entries and kills it before it makes that call for the n-th time in a request for nine; then the
    other history asks for the same step, and the first again. Whether it was killed, and what was answered.
    """
    state = os.path.join(folder, 'kill-state')
    shutil.rmtree(state, ignore_errors=True)
    first = Witness(state)
    start = ask(first.url, 0, 0, 4)
    first.end(signal.SIGTERM)
    # The calls of the start are made before: the kill is armed for those of the request alone.
    second = Witness(state)
    tracer = subprocess.Popen(['strace', '-f', '-qq', '-o', '/dev/null', '-p', str(second.process.pid), '-e', 'trace=' + call, '-e',
                               'inject=%s:signal=KILL:when=%d' % (call, n)], stderr=subprocess.DEVNULL)
    while open('/proc/%d/status' % second.process.pid).read().split('TracerPid:')[1].split()[0] == '0':
        time.sleep(0.01)
    got = ask(second.url, 0, 4, 9)
    killed = not isinstance(got, tuple)
    second.end()
    tracer.wait()
    third = Witness(state)
    other = ask(third.url, 1, 4, 11)
    again = ask(third.url, 0, 9, 9) if isinstance(other, int) else ask(third.url, 0, 4, 9)
    left = [f for f in os.listdir(state) if f.endswith('.tmp')]
    third.end(signal.SIGTERM)
    return killed, left, (start, got, other, again)


def at_each_call():
    kills, before, after, good = 0, 0, 0, True
    for call in CALLS:
        for n in range(1, 20):
            killed, left, answers = killed_before(call, n)
            start, _, other, again = answers
            trees = [t for t in answers if isinstance(t, tuple)]
            one = all(agree(a, b) for a in trees for b in trees)
            if left or not one or not isinstance(start, tuple) or isinstance(other, tuple) == isinstance(again, tuple):
                print('  %s %d: %r, left %r' % (call, n, answers, left))
                good = False
            if not killed:
                break
            kills += 1
            before += isinstance(other, tuple)
            after += isinstance(other, int)
    check('killed before each of %d calls of a request: one history, and it goes on' % kills, good and kills >= 8)
    check('  some before the step was kept, some behind it', before >= 3 and after >= 2)


def at_any_time(rounds):
    state, random_ = os.path.join(folder, 'kill-state-2'), random.Random(7)
    received, lock, seen, live = [], threading.Lock(), [0], [0]

    def asker(url, history, until):
        r = random.Random('%d %f' % (history, until))
        while time.time() < until + 0.05:
            old = seen[0]
            size = min(old + r.randint(0, 2), 200)
            got = ask(url, history, old, size)
            with lock:
                if isinstance(got, tuple):
                    received.append(got)
                    seen[0] = max(seen[0], size)
                    live[0] += 1
                elif isinstance(got, int):
                    seen[0] = got
                else:
                    time.sleep(0.01)

    for _ in range(rounds):
        witness = Witness(state)
        until = time.time() + random_.uniform(0.02, 0.4)
        threads = [threading.Thread(target=asker, args=(witness.url, h, until)) for h in (0, 1, 0, 1)]
        for t in threads:
            t.start()
        time.sleep(max(0, until - time.time()))
        witness.end()
        for t in threads:
            t.join()
    return received


def pairwise(received):
    trees = sorted({(h, size) for h, size, _ in received})
    check('%d cosignatures of %d trees were received around %d kills' % (len(received), len(trees), rounds), len(received) > 3)
    good = 0
    for history, size, line in received[:: max(1, len(received) // 150)] + received[-20:]:
        good += w.cosignature(line, histories[history].text(size), name, own) > 0
    check('  and verify', good > 0)
    check('  pairwise they are of one history', all(agree(a, b) for a in trees for b in trees))
    beyond = {h for h, size in trees if size > len(common)}
    check('  which is one of the two', len(beyond) == 1)


if sys.argv[5:]:
    at_each_call()
rounds = 25
pairwise(at_any_time(rounds))
