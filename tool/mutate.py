#!/usr/bin/env python3
"""Mutation testing of the core: do the unit tests notice when one operator of it is another?

  tool/mutate.py [--module NAME]... [--file FILE]... [--sample N] [--seed S] [--jobs N] [--quick S]
                 [--list] [--line FILE:LINE]... [--again REPORT]...

Without --module: codec, evidence, trust, appraise. Without --sample every mutant is tried (hours; 60 take minutes); a sample
is the same for the same seed and sources. --file and --line keep to some of them, --again to those that survived by what an
earlier run has printed; --list shows what there is and tries nothing;
--quick leaves out tests that take more than S seconds but for those with the name of a source file, which finds most and calls
some survivors that are none.

Every source file is compiled once, with all its mutants in it (tool/mutate_c.py), and every test is linked once with that; which
mutant is alive is asked of the environment. Each test runs once without a mutant, and says which mutants it comes by: only
those tests are run against a mutant, the quickest first, until one fails, crashes or takes ten times as long ("killed").
Nothing is tried where a test fails without a mutant. Mutants that do not compile are dropped, and counted as that; those
that no test comes by have survived.

It says for each module how many were killed of how many, and lists the survivors. All is under build/mutate, and what is
compiled there is used again. Exit 0 when it could be done, whatever survived.
"""
import argparse
import concurrent.futures
import glob
import hashlib
import json
import os
import random
import re
import resource
import shlex
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mutate_c

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build")
WORK = os.path.join(BUILD, "mutate")
MODULES = ["codec", "evidence", "trust", "appraise"]
SUITES = {"codec", "evidence", "trust", "appraise", "library", "fuzz"}
PER_FILE = 4096  # numbers that each file has to itself
MEMORY_MAX, FILE_MAX = 4 << 30, 64 << 20  # of a test that a mutant has driven mad

CHOOSER = """
#include <stdio.h>
#include <stdlib.h>

int mutant_alive;
unsigned char mutant_seen[%d];

__attribute__((constructor)) static void choose(void)
{
	const char *n = getenv("ASSAY_MUTANT");

	mutant_alive = n ? atoi(n) : 0;
}

/* Numbers from -1 on ask for what was come by; processes of one test add up. */
__attribute__((destructor)) static void tell(void)
{
	FILE *f = mutant_alive < 0 ? fopen(getenv("ASSAY_MUTANT_SEEN"), "a") : NULL;

	for (unsigned i = 0; f && i < sizeof mutant_seen; i++)
		if (mutant_seen[i])
			fprintf(f, "%%u\\n", i);
	if (f)
		fclose(f);
}
"""
HEAD = (
    "#include <stdbool.h>\n"
    "extern int mutant_alive; extern unsigned char mutant_seen[];\n"
    "static inline int mutant_is_(int n) { if (__builtin_expect(mutant_alive < 0, 0)) mutant_seen[n] = 1;"
    " return mutant_alive == n; }\n"
    "#define mutant_is(n) mutant_is_(%d + (n))\n"
    '#line 1 "%s"\n'
)


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **more)


def write_if_new(path, text):
    """True when the file had other text, or none."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.exists(path) and open(path).read() == text:
        return False
    with open(path, "w") as f:
        f.write(text)
    return True


def headers():
    """What an object depends on besides its own source: every header, and the rewriting itself."""
    digest = hashlib.sha256(open(mutate_c.__file__, "rb").read())
    for path in sorted(glob.glob(ROOT + "/src/**/*.h", recursive=True)):
        digest.update(open(path, "rb").read())
    return digest.hexdigest()


# ---- sources ----


class Source:
    def __init__(self, path, place, command, headers):
        self.path, self.base = path, PER_FILE * (place + 1)
        self.text = open(os.path.join(ROOT, path)).read()
        self.copy = os.path.join(WORK, path)
        self.object = self.copy + ".o"
        words = [w for w in shlex.split(command) if w not in ("-Werror", "-O2")]
        for option in ("-o", "-MF", "-MQ"):
            at = words.index(option)
            del words[at : at + 2]
        words.remove("-MD")
        self.command = words[: words.index("-c")] + ["-O1", "-w", "-fdiagnostics-color=never", "-c", self.copy, "-o", self.object]
        self.key = hashlib.sha256((HEAD % (self.base, path) + headers + self.text).encode()).hexdigest()
        self.dropped = set()
        self.mutants = []

    def compile(self):
        """Drops what does not compile until the rest does."""
        kept = self.copy + ".dropped"
        if os.path.exists(kept) and os.path.exists(self.object):
            was, dropped = json.load(open(kept))
            if was == self.key:
                self.dropped = set(dropped)
                self.mutants = mutate_c.Rewriter(self.text, self.dropped).mutants
                return
        while True:
            r = mutate_c.Rewriter(self.text, self.dropped)
            self.mutants = r.mutants
            if len(r.mutants) > PER_FILE:
                sys.exit("mutate: %s has %d mutants, limit %d" % (self.path, len(r.mutants), PER_FILE))
            write_if_new(self.copy, HEAD % (self.base, self.path) + r.result())
            said = run(self.command, cwd=BUILD, env=dict(os.environ, LC_ALL="C"))
            if said.returncode == 0:
                break
            lines = {int(n) for n in re.findall(r"^%s:(\d+):\d+: error" % re.escape(self.path), said.stdout, re.M)}
            more = {n for n, m in enumerate(r.mutants) if m[0] in lines} - self.dropped
            if not more:
                sys.exit("mutate: %s does not compile:\n%s" % (self.path, said.stdout))
            self.dropped |= more
        with open(kept, "w") as f:
            json.dump([self.key, sorted(self.dropped)], f)


def sources(jobs):
    commands = {c["file"].removeprefix("../"): c["command"] for c in json.load(open(BUILD + "/compile_commands.json"))
                if c["output"].startswith("libassay.a.p/")}
    paths = sorted(p for p in commands if p.split("/")[1] in MODULES)
    known = headers()
    out = [Source(p, i, commands[p], known) for i, p in enumerate(paths)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        list(pool.map(Source.compile, out))
    return out


# ---- tests ----


class Test:
    def __init__(self, name, target):
        self.name, self.target = name, target
        self.program = os.path.join(WORK, "bin", os.path.basename(target))
        self.seconds, self.seen = 0.0, set()

    def link(self, archive):
        """As ninja does, with the other archive."""
        said = run(["ninja", "-C", BUILD, "-t", "commands", self.target]).stdout.splitlines()
        words = shlex.split(said[-1])
        words[words.index("-o") + 1] = self.program
        words[words.index("libassay.a")] = archive
        done = run(words, cwd=BUILD)
        if done.returncode:
            sys.exit("mutate: cannot link %s:\n%s" % (self.name, done.stdout))

    def run(self, number, seconds):
        """False when it fails."""
        def limits():
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
            resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_MAX, FILE_MAX))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 2, int(seconds) + 2))

        env = dict(os.environ, ASSAY_MUTANT=str(number), ASSAY_MUTANT_SEEN=self.program + ".seen", TMPDIR=WORK + "/tmp",
                   ASSAY_VECTORS="/nonexistent")
        try:
            return subprocess.run([self.program], cwd=BUILD, env=env, preexec_fn=limits, timeout=10 * seconds + 20,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def is_slow(self, quick, own):
        """It takes longer, or took longer when it last ran, whatever it was linked with; own: names that never count as slow."""
        kept = self.program + ".learnt"
        if quick is None or self.name in own:
            return False
        return (self.seconds or json.load(open(kept))[1] if os.path.exists(kept) else 0) > quick

    def learn(self):
        """Which mutants it comes by, and how long it takes; from an earlier run of the same program if there is one."""
        kept = self.program + ".learnt"
        key = os.stat(self.program).st_mtime
        if os.path.exists(kept):
            was, seconds, seen = json.load(open(kept))
            if was == key:
                self.seconds, self.seen = seconds, set(seen)
                return
        if os.path.exists(self.program + ".seen"):
            os.remove(self.program + ".seen")
        start = resource.getrusage(resource.RUSAGE_CHILDREN)
        if not self.run(-1, 300):
            sys.exit("mutate: %s fails without a mutant" % self.name)
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.seconds = end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
        self.seen = {int(n) for n in open(self.program + ".seen")}
        with open(kept, "w") as f:
            json.dump([key, self.seconds, sorted(self.seen)], f)


def archive_of(files):
    """libassay.a with the copies' objects."""
    chooser = os.path.join(WORK, "chooser.c")
    write_if_new(chooser, CHOOSER % (PER_FILE * (len(files) + 1)))
    replaced = {"libassay.a.p/" + f.path.replace("/", "_") + ".o": f.object for f in files}
    members = run(["ar", "t", "libassay.a"], cwd=BUILD).stdout.split()
    out = os.path.join(WORK, "libmutants.a")
    if os.path.exists(out):
        os.remove(out)
    for command in (["cc", "-c", "-O1", chooser, "-o", chooser + ".o"],
                    ["ar", "crsT", out] + [replaced.get(m, os.path.join(BUILD, m)) for m in members] + [chooser + ".o"]):
        done = run(command, cwd=BUILD)
        if done.returncode:
            sys.exit("mutate: " + done.stdout)
    return out


def concerns_core(test):
    """A program of the modules' own suites; of fuzz targets those that include a header of theirs."""
    suites = {s.split(":")[-1] for s in test["suite"]}
    if len(test["cmd"]) != 1 or not SUITES & suites:
        return False
    if "fuzz" not in suites:
        return True
    source = open(os.path.join(ROOT, "test/fuzz", test["name"].removeprefix("fuzz-") + ".c")).read()
    return any('"%s/' % m in source for m in MODULES) or "appraise_fuzz.h" in source


def tests(files, quick):
    """Linked, and told what they come by; without those that are known to take longer than quick, when that is a number."""
    run(["ninja", "-C", BUILD, "build.ninja"])  # a test that is new is in the list
    found = json.loads(run(["meson", "introspect", "--tests", BUILD]).stdout)
    names = [(t["name"], os.path.relpath(t["cmd"][0], BUILD)) for t in found if concerns_core(t)]
    own = {os.path.basename(f.path).removesuffix(".c") for f in files}
    out = [t for t in (Test(*n) for n in names) if not t.is_slow(quick, own)]
    done = run(["ninja", "-C", BUILD, "-j1"] + [t.target for t in out])
    if done.returncode:
        sys.exit("mutate: " + done.stdout[-2000:])
    archive = archive_of(files)
    newest = max(os.stat(f.object).st_mtime for f in files)
    os.makedirs(WORK + "/bin", exist_ok=True)
    os.makedirs(WORK + "/tmp", exist_ok=True)
    for t in out:
        made = os.stat(t.program).st_mtime if os.path.exists(t.program) else 0
        if made < max(newest, os.stat(os.path.join(BUILD, t.target)).st_mtime):
            t.link(archive)
        t.learn()
    out = [t for t in out if t.seen and not t.is_slow(quick, own)]
    return sorted(out, key=lambda t: (t.seconds, t.name))


# ---- mutants ----


class Mutant:
    def __init__(self, source, place, said):
        self.source, self.number = source, source.base + place
        self.line, self.kind, self.original, self.mutant = said
        self.module = source.path.split("/")[1]
        self.killer, self.tried = None, 0

    def attempt(self, tests):
        for t in tests:
            if self.number not in t.seen:
                continue
            self.tried += 1
            if not t.run(self.number, t.seconds * 10 + 1):
                self.killer = t
                break
        return self

    def __str__(self):
        change = "%s -> %s" % (self.original, self.mutant) if self.mutant else "%s -> nothing" % self.original
        return "%s:%d: %s: %s" % (self.source.path, self.line, self.kind, change)


def chosen(files, args):
    all_of = [Mutant(f, i, m) for f in files for i, m in enumerate(f.mutants) if i not in f.dropped]
    modules = args.module or MODULES
    some = [m for m in all_of if m.module in modules and (not args.file or m.source.path in args.file)
            and (not args.line or "%s:%d" % (m.source.path, m.line) in args.line)]
    if args.again:
        said = {re.sub(r"^survived( unseen)?: ", "", line.rstrip("\n")) for path in args.again for line in open(path)}
        some = [m for m in some if str(m) in said]
    if args.sample and args.sample < len(some):
        some = sorted(random.Random(args.seed).sample(some, args.sample), key=lambda m: m.number)
    return some


def report(files, mutants, seconds):
    print("\n%-10s %9s %13s %6s %7s %9s %8s %8s" % ("module", "mutants", "not compiled", "tried", "killed", "survived",
                                                   "unseen", "killed %"))
    for module in MODULES + ["all"]:
        own = [f for f in files if module in ("all", f.path.split("/")[1])]
        tried = [m for m in mutants if module in ("all", m.module)]
        if not tried:
            continue
        killed = sum(1 for m in tried if m.killer)
        unseen = sum(1 for m in tried if not m.killer and not m.tried)
        print("%-10s %9d %13d %6d %7d %9d %8d %8.1f" % (
            module, sum(len(f.mutants) for f in own), sum(len(f.dropped) for f in own), len(tried), killed,
            len(tried) - killed, unseen, 100 * killed / len(tried)))
    print("%.0f seconds" % seconds)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--module", action="append", choices=MODULES)
    p.add_argument("--file", action="append")
    p.add_argument("--line", action="append")
    p.add_argument("--again", action="append", metavar="REPORT")
    p.add_argument("--sample", type=int)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--jobs", type=int, default=1)
    p.add_argument("--quick", type=float, metavar="S")
    p.add_argument("--list", action="store_true")
    args = p.parse_args()
    start = time.monotonic()
    files = sources(args.jobs)
    some = chosen(files, args)
    if args.list:
        for m in some:
            print(m)
        return
    runs = tests(files, args.quick)
    print("%d mutants to try with %d tests; it took %.0f seconds to get here" % (
        len(some), len(runs), time.monotonic() - start), flush=True)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for m in pool.map(lambda m: m.attempt(runs), some):
            if not m.killer:
                print("survived%s: %s" % ("" if m.tried else " unseen", m), flush=True)
    report(files, some, time.monotonic() - start)


if __name__ == "__main__":
    main()
