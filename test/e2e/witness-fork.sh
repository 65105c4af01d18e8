#!/bin/bash
# A log that shows two histories, with three processes: its operator's web server, a witness, and a monitor. The witness cosigns
# one of them; whoever asks for cosignatures is not shown the other one, and whoever watches has both as evidence.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

export PYTHONPATH=$root/test/e2e PYTHONDONTWRITEBYTECODE=1
pids=()
at_end() { for p in "${pids[@]}"; do kill "$p" 2>/dev/null; done; }
for need in python3 openssl curl; do command -v $need >/dev/null || { bad "$need is there"; exit 1; }; done
cd "$work" || exit 1
export HOME=$work XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/xdg-state
origin=log.example/1 who=witness.example/1
# python EXPRESSION [ARG...], with the second implementation as w
python() { python3 -c "import sys, witness_client as w; $1" "${@:2}"; }
log() { "$assay" log "$@"; }
quietly() { "$@" >said 2>&1 || { sed 's/^/     /' said && return 1; }; }
no() { # CODE PATTERN COMMAND...: it ends with that code and says that
	local code=0 want=$1 pattern=$2
	shift 2
	"$@" >said 2>&1 || code=$?
	[ "$code" = "$want" ] && grep -qE "$pattern" said || { echo "     exit $code:" && sed 's/^/     /' said && return 1; }
}

# ---- the three ----
for k in log witness; do python 'w.make_key(sys.argv[1])' $k.pem; done
vkey=$(python 'print(w.vkey(sys.argv[2], 1, w.public(sys.argv[1])))' log.pem $origin)
key=$(python 'print(w.vkey(sys.argv[2], 4, w.public(sys.argv[1])))' witness.pem $who)
mkdir www
check "a log is made" quietly log init www/first --origin $origin --key log.pem
for i in $(seq 0 40); do echo "entry $i" >"e$i"; done
check "it has ten entries" quietly log add www/first e0 e1 e2 e3 e4 e5 e6 e7 e8 e9
ln -s first www/log
python3 -c 'import http.server, functools; s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(http.server.SimpleHTTPRequestHandler, directory="www"))
print(s.server_port, flush=True); s.serve_forever()' >port 2>/dev/null &
pids+=($!)
"$assay" witness serve --key witness.pem --name $who --state kept --log "$vkey" --listen 127.0.0.1:0 >out 2>err &
pids+=($!)
for _ in $(seq 200); do [ -s port ] && [ "$(wc -l <out)" = 2 ] && break; sleep 0.05; done
url=http://127.0.0.1:$(cat port)/log witness=$(head -n 1 out)
ask() { log checkpoint "$1" --witness "$witness" --witness-key "$key" "${@:2}"; }
monitor() { log monitor "$url" --key "$vkey" "$@"; }
# What a monitor ends with that has rebuilt nothing, and sees nothing worse.
follows() { no 1 "^entry" monitor "$@" || no 0 '' monitor "$@"; }
users=(--key "$vkey" --witness "$key" --quorum 1)

# ---- one history ----
check "the witness cosigns the log's checkpoint" quietly ask www/first
check "  as the second implementation sees it" python 'n = open("www/first/checkpoint", "rb").read()
assert w.signed_by(n, "log.example/1", 1, w.public("log.pem")) and w.signed_by(n, "witness.example/1", 4, w.public("witness.pem"))'
check "  and keeps the log's own signature" grep -q "^— $origin " www/first/checkpoint
check "asked again it has one cosignature, and no second one" eval 'quietly ask www/first && [ "$(grep -c "^— $who " www/first/checkpoint)" = 1 ]'
check "a monitor that wants the cosignature follows it" follows --state seen "${users[@]:2}"
check "  one that does not, too" follows --state seen-alone

# ---- two ----
cp -r www/first www/second
cp www/first/checkpoint seen-first
check "one history goes on" quietly log add www/first e10 e11 e12
check "  and is cosigned" quietly ask www/first
check "the other one, too" quietly log add www/second e20 e21 e22
cp -r www/second second-13
check "  and is not cosigned: a no that says why" no 1 'another history of this log' ask www/second
check "  its checkpoint stays as it was" cmp www/second/checkpoint second-13/checkpoint
hex=$(printf %s $origin | sha256sum | cut -d' ' -f1)
evidence() { # OLD NEW: two checkpoints of one size, of other roots, both signed by the log
	python 'a, b = (open(f, "rb").read() for f in sys.argv[1:])
assert w.parts(a)[:2] == w.parts(b)[:2] and w.parts(a)[2] != w.parts(b)[2]
assert all(w.signed_by(n, "log.example/1", 1, w.public("log.pem")) for n in (a, b))' "$1" "$2"
}
check "  the witness has both as evidence" evidence "kept/$hex.fork-seen" "kept/$hex.fork-shown"
check "a longer one behind the fork, too: a no" eval 'quietly log add www/second e23 && no 1 "another history" ask www/second'
check "  the witness keeps what it was shown" grep -q '^14$' "kept/$hex.refused"
check "a log that was rolled back: a no" no 1 "13 entries of this log, and the checkpoint has 10" eval '
	rm -rf rolled && cp -r www/first rolled && cp seen-first rolled/checkpoint && ask rolled'

# ---- who is shown the other one ----
check "the monitors saw the first history" eval 'follows --state seen "${users[@]:2}" && follows --state seen-alone'
ln -sfn second www/log
check "a monitor that saw the first history finds the second" no 1 'signed two histories: it had 13 entries, and shows 14' monitor --state seen-alone
check "  with both checkpoints as evidence" python 'import glob
seen, shown = (open(f, "rb").read() for n in ("seen", "shown") for f in glob.glob("seen-alone/conflict/*/" + n))
assert w.parts(seen)[1:3] == (13, w.root([b"entry %d\n" % i for i in range(13)])) and w.parts(shown)[1] == 14
assert all(w.signed_by(n, "log.example/1", 1, w.public("log.pem")) for n in (seen, shown))'
check "  so does one that wants cosignatures" no 1 'signed two histories' monitor --state seen "${users[@]:2}"
check "one that saw nothing before, and wants them, is shown nothing" no 2 'of the witnesses' monitor --state fresh "${users[@]:2}"
check "what the witness shows of the log is not what its server shows" eval '
	curl -sf "$witness/$hex/checkpoint" >theirs && ! cmp -s <(head -n 3 theirs) <(head -n 3 www/second/checkpoint) && cmp <(head -n 3 theirs) <(head -n 3 www/first/checkpoint)'
check "a user is given a proof of the first" eval 'quietly log prove www/first 12 -o first.tlog-proof && quietly log verify first.tlog-proof e12 "${users[@]}"'
check "  and refuses the second: no witness cosigned it" eval 'quietly log prove www/second 12 -o second.tlog-proof && no 1 "witness" log verify second.tlog-proof e22 "${users[@]}"'
check "  which he would take without asking for one" quietly log verify second.tlog-proof e22 --key "$vkey"

# ---- what can go wrong for an operator, each with its name ----
check "a witness that is not there" no 2 "no answer from 'http://127.0.0.1:1/add-checkpoint'" log checkpoint www/first --witness http://127.0.0.1:1 --witness-key "$key"
check "  and the others are asked all the same" eval 'no 2 "no answer" log checkpoint www/first --witness http://127.0.0.1:1 --witness "$witness" --witness-key "$key" && grep -q "cosigned by $who" said'
check "a witness of another key" no 2 "no signature is of a witness that was asked" log checkpoint www/first --witness "$witness" \
	--witness-key "$(python 'w.make_key("x.pem"); print(w.vkey("x.example", 4, w.public("x.pem")))')"
check "no key of a witness" no 2 "no key of a witness is known" log checkpoint www/first --witness "$witness"
printf 'format: assay.trust/1\nlogs: [{origin: %s, key: "%s"}]\nwitnesses: {quorum: 1, keys: ["%s"]}\n' $origin "$vkey" "$key" >trust.yaml
check "the key out of the trust file" quietly log checkpoint www/first --witness "$witness" --trust trust.yaml
check "a log that the witness does not know" eval 'quietly log init other --origin other.example --key log.pem && no 2 "does not know the log" ask other'
