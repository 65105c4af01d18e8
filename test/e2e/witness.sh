#!/bin/bash
# A witness of logs: what it answers, to a second implementation of its clients; what it keeps; and that it never signs two
# histories, whenever it is killed.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

here=$root/test/e2e
export PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1
name=witness.example/1
pids=()
at_end() { for p in "${pids[@]}"; do kill -9 "$p" 2>/dev/null; done; }
for need in python3 openssl curl; do
	command -v $need >/dev/null || { bad "$need is there"; exit 1; }
done
# python EXPRESSION [ARG...], with the second implementation as w
python() { python3 -c "import sys, witness_client as w; $1" "${@:2}"; }

for k in log other witness; do python 'w.make_key(sys.argv[1])' "$work/$k.pem"; done
logs=()
for origin in log.example/1 log.example/2; do
	logs+=(--log "$(python 'print(w.vkey(sys.argv[2], 1, w.public(sys.argv[1])))' "$work/log.pem" $origin)")
done
vkey=$(python 'print(w.vkey(sys.argv[2], 4, w.public(sys.argv[1])))' "$work/witness.pem" $name)

# serve STATE [COMMAND...]: a witness on a free port, by way of COMMAND; sets $url and $server.
serve() {
	local state=$1
	shift
	: >"$work/out"
	"$@" "$assay" witness serve --key "$work/witness.pem" --name $name --state "$state" "${logs[@]}" --listen 127.0.0.1:0 \
		>"$work/out" 2>>"$work/err" &
	server=$!
	pids+=("$server")
	for _ in $(seq 200); do
		[ "$(wc -l <"$work/out")" = 2 ] && break
		kill -0 "$server" 2>/dev/null || break
		sleep 0.05
	done
	url=$(head -n 1 "$work/out")
	[ -n "$url" ]
}

# ---- what it refuses to begin with ----
refuses() { # NAME TEXT ARG...
	local what=$1 text=$2 code=0
	shift 2
	timeout 20 "$assay" witness serve "$@" >"$work/no.out" 2>"$work/no.err" || code=$?
	if [ $code = 2 ] && grep -q "$text" "$work/no.err"; then ok "$what"; else bad "$what: $code, $(cat "$work/no.err")"; fi
}
key=(--key "$work/witness.pem") named=(--name "$name") kept=(--state "$work/none")
refuses "without a key it does not begin" "wanted --key" "${named[@]}" "${kept[@]}" "${logs[@]}"
refuses "nor without a log" "wanted --log" "${key[@]}" "${named[@]}" "${kept[@]}"
refuses "nor with a name that is none" "is no name of a key" "${key[@]}" "${kept[@]}" "${logs[@]}" --name 'a b'
refuses "nor with the key of a witness as a log's" "is the key of a witness" "${key[@]}" "${named[@]}" "${kept[@]}" --log "$vkey"
refuses "nor with an address that is none" "want ADDRESS:PORT" "${key[@]}" "${named[@]}" "${kept[@]}" "${logs[@]}" --listen 8090
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/p256.pem" 2>/dev/null
refuses "nor with a key of another kind" "is no Ed25519 key" "${named[@]}" "${kept[@]}" "${logs[@]}" --key "$work/p256.pem"
cp "$work/witness.pem" "$work/open.pem" && chmod 640 "$work/open.pem"
refuses "nor with a key that others can read" "its group may use it" "${named[@]}" "${kept[@]}" "${logs[@]}" --key "$work/open.pem"
check "  and a folder is made by none of them" [ ! -e "$work/none" ]

# ---- the protocol ----
traced=()
if strace -o /dev/null true 2>/dev/null; then traced=(strace -f -qq -e "trace=openat,open,execve,socket" -o "$work/calls"); fi
serve "$work/state" "${traced[@]}" || { bad "it says where it listens"; cat "$work/err"; exit 1; }
same "it says where it listens" "${url%:*}" http://127.0.0.1
same "  and which key it has" "$(sed -n 2p "$work/out")" "$vkey"
same "  as assay key show prints it" "$("$assay" key show "$work/witness.pem" --witness $name)" "$vkey"
: >"$work/calls.before" && cp "$work/calls" "$work/calls.before" 2>/dev/null
python3 "$here/witness_talk.py" "$work" "$url" $name >"$work/talk" 2>&1
cat "$work/talk"
passed=$((passed + $(grep -c '^ok  ' "$work/talk"))) failed=$((failed + $(grep -c '^FAIL' "$work/talk")))
check "all of it was asked" grep -q "one wins" "$work/talk"
same "the folder is its own" "$(stat -c %a "$work/state")" 700
hex=$(printf %s log.example/1 | sha256sum | cut -d' ' -f1)
check "two histories of one size are kept as evidence" test -s "$work/state/$hex.fork-seen" -a -s "$work/state/$hex.fork-shown"
same "  both of the same size" "$(sed -n 2p "$work/state/$hex.fork-seen")" "$(sed -n 2p "$work/state/$hex.fork-shown")"
check "  with other roots" [ "$(sed -n 3p "$work/state/$hex.fork-seen")" != "$(sed -n 3p "$work/state/$hex.fork-shown")" ]
check "  and its operator is told" grep -q "signed two histories of 70 entries" "$work/err"
check "  a request without its proof, too" grep -q "^old 70" "$work/state/$hex.refused"
# What it opened once it served: files of its own folder, relative to it; and libc's time zone, for the date of an answer.
if [ ${#traced[@]} != 0 ]; then
	tail -n +$(($(wc -l <"$work/calls.before") + 1)) "$work/calls" | grep -E 'open|execve|socket' | grep -vE "openat\([0-9]+, \"($hex|[0-9a-f]{64})\.|openat\([0-9]+, \"\.\"|/etc/localtime" \
		>"$work/calls.other"
	check "it opens no file but those that it keeps" test ! -s "$work/calls.other"
	[ -s "$work/calls.other" ] && cat "$work/calls.other"
	child=$(pgrep -P "$server")
else
	skip witness-calls "strace cannot trace here"
	child=$server
fi
code=0
timeout 20 "$assay" witness serve --key "$work/witness.pem" --name $name --state "$work/state" "${logs[@]}" --listen 127.0.0.1:0 >/dev/null 2>"$work/two" || code=$?
same "a witness leaves no core with its key" '0 0' "$(awk '/^Max core file size/ {print $5, $6}' "/proc/$child/limits")"
check "a second witness on the same folder does not begin" grep -q "another witness serves from" "$work/two"
same "  and ends with" $code 2
kill -TERM "$child"
code=0
wait "$server" || code=$?
same "SIGTERM ends it, with" $code 0

# ---- what is kept, and what is not believed ----
serve "$work/state"
ask() { curl -s -m 20 -o "$work/answer" -w '%{http_code}' --data-binary @- "$url/add-checkpoint"; }
request() { # OLD SIZE
	python 'sys.stdout.buffer.write(w.Log("log.example/1", sys.argv[1], [b"entry %d" % i for i in range(70)]).request(int(sys.argv[2]), int(sys.argv[3])))' \
		"$work/log.pem" "$1" "$2"
}
same "after a new start it knows what it saw" "$(request 0 70 | ask) $(cat "$work/answer")" "409 70"
for damage in "a byte of it is another" "it is empty" "it is another log's" "another key cosigned it"; do
	cp "$work/state/$hex.checkpoint" "$work/good"
	case $damage in
	a*) sed -i '2s/70/60/' "$work/state/$hex.checkpoint" ;;&
	"it is empty") : >"$work/state/$hex.checkpoint" ;;
	"it is another"*) cp "$work/state/$(printf %s log.example/2 | sha256sum | cut -d' ' -f1).checkpoint" "$work/state/$hex.checkpoint" ;;
	another*) sed -i "s/^— witness.example\/1 ...../— witness.example\/1 AAAAA/" "$work/state/$hex.checkpoint" ;;
	esac
	same "what it keeps is damaged ($damage): it signs nothing" "$(request 0 70 | ask)" 500
	cp "$work/good" "$work/state/$hex.checkpoint"
done
same "  and goes on once that is mended" "$(request 70 70 | ask)" 200
check "  its operator was told" grep -q "what was kept of the log 'log.example/1'" "$work/err"
same "  and nobody else" "$(request 0 70 | ask; grep -c kept "$work/answer")" 4090
kill -INT "$server"
code=0
wait "$server" || code=$?
same "SIGINT ends it, with" $code 0

# ---- the logs of a trust file, whose keys may have other names than their origins ----
printf 'format: assay.trust/1\nlogs:\n  - origin: log.example/1\n    key: %s\n' \
	"$(python 'print(w.vkey("a.key", 1, w.public(sys.argv[1])))' "$work/log.pem")" >"$work/trust.yaml"
of_args=("${logs[@]}") logs=(--logs "$work/trust.yaml")
serve "$work/state-2"
same "a log out of a trust file is known, by its origin" "$(python 'sys.stdout.buffer.write(w.Log("log.example/1", sys.argv[1], [b"x"], "a.key").request(0, 1))' \
	"$work/log.pem" | ask)" 200
same "  and by its key" "$(request 1 1 | ask)" 403
kill "$server"
wait "$server"
logs=("${of_args[@]}")
printf 'format: assay.trust/1\n' >"$work/empty.yaml"
refuses "nor with a trust file without logs" "names no log" "${key[@]}" "${named[@]}" "${kept[@]}" --logs "$work/empty.yaml"

# ---- kills ----
python3 "$here/witness_kills.py" "$assay" "$work" $name "${logs[1]}" ${traced:+traced} >"$work/kills" 2>&1
cat "$work/kills"
passed=$((passed + $(grep -c '^ok  ' "$work/kills"))) failed=$((failed + $(grep -c '^FAIL' "$work/kills")))
check "all kills were made" grep -q "pairwise" "$work/kills"

# ---- as an ordinary user ----
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	mkdir "$work/nobody" && cp "$work/witness.pem" "$work/log.pem" "$work/nobody" && cp "$assay" "$work/nobody/assay"
	chown -R 65534:65534 "$work/nobody" && chmod 711 "$work"
	(
		cd "$work/nobody" && exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs --bounding-set=-all \
			./assay witness serve --key witness.pem --name $name --state state "${logs[@]}" --listen 127.0.0.1:0 >"$work/out" 2>>"$work/err"
	) &
	server=$!
	pids+=("$server")
	for _ in $(seq 200); do [ "$(wc -l <"$work/out")" = 2 ] && grep -q "$vkey" "$work/out" && break; sleep 0.05; done
	url=$(head -n 1 "$work/out")
	same "it needs no rights: nobody serves" "$(request 0 70 | ask)" 200
	kill "$(pgrep -P "$server" || echo "$server")"
	wait "$server"
else
	skip other-user "needs root to become an ordinary user"
fi
