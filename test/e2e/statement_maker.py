#!/usr/bin/env python3
"""Signed statements of rebuilds, for test/e2e: a second implementation of their form (doc/rebuild-statement.md) and of DSSE.

  statement_maker.py VALUES OUT KEY.pem... [NAME=VALUE...]
     of the reference values in a file, signed by each of the keys
  statement_maker.py --key KEY.pem
     the line of a key, as a trust file has it

NAME: verdict, failed-at, disk (a byte, of disk.img), lock (a byte), at (seconds), observed (no: PCR 0 was not), archive (no: its signatures were not followed),
      computed (no: an older tool's), manifest (a byte: another one), published (a byte: the manifest that was published)
"""
import base64, hashlib, json, subprocess, sys, tempfile, time

TYPE = "application/vnd.in-toto+json"


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def public(pem):
    return openssl("pkey", "-in", pem, "-pubout", "-outform", "DER")


def line(pem):
    der = public(pem)
    if len(der) == 44:
        return "ed25519:" + base64.b64encode(der[12:]).decode()
    return "p256:" + base64.b64encode(der).decode()


def sign(pem, message):
    with tempfile.NamedTemporaryFile() as f:
        f.write(message)
        f.flush()
        if len(public(pem)) == 44:
            return openssl("pkeyutl", "-sign", "-rawin", "-inkey", pem, "-in", f.name)
        return openssl("dgst", "-sha256", "-sign", pem, f.name)


def computed_sha256(values):
    """Of the values that follow from the image alone."""
    v = json.loads(json.dumps(values))
    for shape in v["shapes"]:
        shape["registers"] = [r for r in shape["registers"] if r["how"] == "computed"]
        for c in shape["coverage"]:
            c["note"] = ""
    return hashlib.sha256((json.dumps(v, indent=2, ensure_ascii=False) + "\n").encode()).hexdigest()


def registers(values, how):
    return [
        {"platform": s["name"], "register": r["register"], **r["values"]}
        for s in values["shapes"]
        for r in s["registers"]
        if r["how"] == how
    ]


def result_of(values, more):
    verdict = more.get("verdict", "identical")
    r = {"verdict": verdict}
    if verdict == "failed":
        r["failed-at"] = more.get("failed-at", "build")
    if verdict == "differs":
        r["first-difference"] = {"artefact": "root: usr/bin/app", "published": "11" * 32, "rebuilt": "22" * 32}
    manifest = more["manifest"] * 32 if "manifest" in more else values["manifest_sha256"]
    r["description-sha256"] = "dd" * 32
    r["lock-sha256"] = more.get("lock", "0c") * 32
    if verdict != "built":
        r["published-manifest-sha256"] = more["published"] * 32 if "published" in more else manifest
    made = verdict != "failed"
    outputs = [{"name": "disk.img", "sha256": more.get("disk", "d1") * 32}, {"name": "manifest.json", "sha256": manifest}]
    r["outputs"] = outputs if made else []
    r["registers"] = registers(values, "computed") if made else []
    if made and more.get("computed") != "no":
        r["computed-values-sha256"] = computed_sha256(values)
    return r


def statement(values, more):
    result = result_of(values, more)
    at = int(more.get("at", time.time()))
    by = {
        "tool": {"version": "another tool", "sha256": "00" * 32},
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)),
        "archive-membership": {"verdict": "not" if more.get("archive") == "no" else "verified"},
        "observed": [] if more.get("observed") == "no" else registers(values, "observed"),
    }
    subjects = [{"name": o["name"], "digest": {"sha256": o["sha256"]}} for o in result["outputs"]]
    for r in result["registers"]:
        digests = {k: v for k, v in r.items() if k not in ("platform", "register")}
        subjects.append({"name": "%s register %d" % (r["platform"], r["register"]), "digest": digests})
    if not subjects:
        subjects.append({"name": "assay.lock", "digest": {"sha256": result["lock-sha256"]}})
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects,
        "predicateType": "tag:assay,2026:rebuild/1",
        "predicate": {"format": "assay.rebuild/1", "result": result, "by": by},
    }


def main():
    if sys.argv[1] == "--key":
        print(line(sys.argv[2]))
        return
    values = json.load(open(sys.argv[1]))
    keys = [a for a in sys.argv[3:] if "=" not in a]
    more = dict(a.split("=", 1) for a in sys.argv[3:] if "=" in a)
    payload = json.dumps(statement(values, more)).encode()
    message = b"DSSEv1 %d %s %d " % (len(TYPE), TYPE.encode(), len(payload)) + payload
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": TYPE,
        "signatures": [{"sig": base64.b64encode(sign(k, message)).decode()} for k in keys],
    }
    with open(sys.argv[2], "w") as f:
        json.dump(envelope, f)


main()
