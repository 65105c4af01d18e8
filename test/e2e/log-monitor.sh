#!/bin/bash
# A monitor of a transparency log that a plain web server gives away: each entry once, what is not rebuilt again and again, and
# two histories or a shorter one with both checkpoints as evidence.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
command -v python3 >/dev/null || { skip log-monitor "no python3"; exit 0; }
server=''
at_end() { [ -z "$server" ] || kill "$server" 2>/dev/null; }
cd "$work" || exit 1
export HOME=$work XDG_CONFIG_HOME=$work/config
python=$([ -x /usr/bin/python3 ] && echo /usr/bin/python3 || command -v python3) # without what stands before it in PATH: it starts often
foreign() { "$python" "$root/test/e2e/log_foreign.py" "$@"; }
log() { "$assay" log "$@"; }
no() { # CODE PATTERN COMMAND...: it ends with that code and says that
	local code=0 want=$1 pattern=$2
	shift 2
	"$@" >said 2>&1 || code=$?
	[ "$code" = "$want" ] && grep -qE "$pattern" said || { echo "     exit $code:" && sed 's/^/     /' said; return 1; }
}

(umask 077 && openssl genpkey -algorithm ed25519 -out log.pem 2>/dev/null)
(umask 077 && openssl genpkey -algorithm ed25519 -out w.pem 2>/dev/null)
mkdir www
vkey=$(log init www/log --origin example.org/log --key log.pem | sed -n 's/^key //p')
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$python" -m http.server --bind 127.0.0.1 -d www "$port" >/dev/null 2>&1 &
server=$!
url=http://127.0.0.1:$port/log
for _ in 1 2 3 4 5 6 7 8 9 10; do curl -sfo /dev/null "$url/checkpoint" && break || sleep 0.2; done
quietly() { "$@" >/dev/null 2>&1; }
monitor() { log monitor "$url" --state seen --key "$vkey" "$@"; }

# ---- one after the other ----
check 'an empty log has nothing to say' quietly monitor
foreign envelope one identical alice >one.dsse.json
foreign envelope two identical alice >two.dsse.json
foreign statement one built >own-one.json
foreign envelope two failed >own-two.dsse.json
foreign statement two built >own-two.json
log add www/log one.dsse.json two.dsse.json -q >/dev/null
check 'entries whose values one has not rebuilt are a no' no 1 '^entry 0: not-rebuilt' monitor --rebuilt own-two.json
check '  with verdict, name and lock' grep -qE 'verdict identical by alice, lock [0-9a-f]{64}' said
check '  and each value' test "$(grep -c '^    not rebuilt  ' said)" = 12
check '  register values by name' grep -q 'not rebuilt  qemu-vtpm PCR 11  sha256:' said
check '  what one has rebuilt is no finding' grep -q '^entry 1: rebuilt' said
check 'what is open stays open' no 1 '^entry 0: not-rebuilt' monitor
check '  what was rebuilt is not told again' eval '! grep -q "entry 1" said'
check '  and lies there to be rebuilt' cmp -s one.dsse.json seen/open/0
check 'one that cannot be rebuilt says why' no 1 'entry 2: cannot-rebuild: your rebuild of this lock failed at build' eval \
	'log add www/log two.dsse.json -q >/dev/null; monitor --rebuilt own-two.dsse.json'
check 'with all rebuilt it is a yes' quietly monitor --rebuilt own-one.json --rebuilt own-two.json
check '  and stays one' quietly monitor
check '  nothing is open' test -z "$(ls seen/open)"
sealed() { jq -Rs '{payload: @base64, payloadType: "application/vnd.in-toto+json", signatures: [{sig: "AAAA"}]}'; }
foreign statement one identical >theirs
jq --slurpfile two own-two.json '.subject[-2:] = $two[0].subject[-2:] | .predicate.result.registers = $two[0].predicate.result.registers' theirs | sealed >mixed
log add www/log mixed -q >/dev/null
check 'values of two images, each of them rebuilt, are no image' no 1 'entry 3: cannot-rebuild' \
	monitor --rebuilt own-one.json --rebuilt own-two.json
jq --arg d "$(sha256sum <one.dsse.json | cut -d' ' -f1)" '.predicate.result["computed-values-sha256"] = $d' theirs | sealed >beside
log add www/log beside -q >/dev/null
check 'nor are other reference values beside them' no 1 'entry 4: cannot-rebuild' monitor --rebuilt own-one.json --rebuilt own-two.json
check '  and they stay open' test "$(ls seen/open | paste -sd' ')" = '3 4'
rm seen/open/[34]
echo 'no statement' >noise
log add www/log noise -q >/dev/null
check 'an entry that is no statement is a no' no 1 'entry 5: unreadable: it is no statement' monitor
check '  in JSON, too' test "$(monitor --json 2>/dev/null | jq -r '"\(.entries[0].standing) \(.unreadable)"')" = 'unreadable 1'
sed 's/tag:assay,2026:rebuild/tag:other/' own-one.json >other-kind.json
check 'a statement of another kind is nothing that one has rebuilt' no 2 'not of a rebuild' monitor --rebuilt other-kind.json

# ---- many, and tiles that become full between two looks ----
rm -r seen/open
for ((i = 0; i < 700; i++)); do echo "entry $i" >"n$i" && echo "n$i"; done >list
head -n 120 list | log add www/log --list - -q >/dev/null && quietly monitor
sed -n '121,600p' list | log add www/log --list - -q >/dev/null
same 'what is new is told once, whole tiles later' '480 126 606' \
	"$(monitor --json 2>/dev/null | jq -r '"\([.entries[] | select(.index >= 126)] | length) \(.["size-before"]) \(.size)"')"
rm -r seen/open
check '  and nothing twice' eval 'monitor 2>/dev/null | grep -q "0 of them new"'
same 'from a folder as from a server' 606 "$(log monitor www/log --state elsewhere --key "$vkey" --json 2>/dev/null | jq .size)"
check 'proofs come over HTTP' eval 'log prove "$url" 605 -o p -q && foreign proof p n599 "$vkey" >/dev/null'
check '  from the old size, too' eval 'log consistency "$url" 126 --json >c && foreign consistency c >/dev/null'

# ---- killed while it looks ----
sed -n '601,700p' list | log add www/log --list - -q >/dev/null
if strace -o /dev/null true 2>/dev/null; then
	points=0 fine=1
	for call in pwrite64 renameat fsync syncfs; do
		for at in 1 2 3 50 101; do
			rm -rf twice && cp -r seen twice
			{ strace -qq -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$at \
				"$assay" log monitor www/log --state twice --key "$vkey" >/dev/null; } 2>/dev/null
			[ $? = 137 ] || continue
			points=$((points + 1))
			[ "$(log monitor www/log --state twice --key "$vkey" --json 2>/dev/null | jq '[.entries[].index] == [range(606; 706)]')" = true ] || fine=0
		done
	done
	check "killed at $points moments, all that is new is told by the next" test $fine = 1 -a $points -gt 5
else
	skip log-monitor-kill "strace cannot trace here"
fi
quietly monitor
rm -r seen/open && quietly monitor

# ---- what it does not take ----
check 'a state is of one log' no 2 'the state is of log' eval '
	log init www/other --origin example.org/other --key log.pem >made
	log monitor www/other --state seen --key "$(sed -n "s/^key //p" made)"'
check 'another key is no key of this log' no 1 'no signature|wanted' log monitor "$url" --state seen --key "$(foreign vkey example.org/log 1 w.pem)"
check 'a log that is not there' no 2 'is not there' log monitor "http://127.0.0.1:$port/nowhere" --state x --key "$vkey"
check 'a server that is not there' no 2 'no answer' log monitor http://127.0.0.1:1/log --state x --key "$vkey"
check 'an address of another kind' no 2 'no place of a log' log monitor file:///tmp --state x --key "$vkey"
check 'two at once with one state' no 2 'another assay follows' flock seen/lock "$assay" log monitor www/log --state seen --key "$vkey"
check 'a quorum that is not there moves nothing' no 2 'of the witnesses' eval '
	log add www/log n0 -q >/dev/null
	monitor --witness "$(foreign vkey w.org 4 w.pem)" --quorum 1'
check '  but without it goes on' eval 'monitor >said 2>/dev/null; grep -q "707 entries, 1 of them new" said'
rm -r seen/open

# ---- damaged, rolled back, forked ----
cp -r www/log kept
damage() { printf '\1' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
damage www/log/tile/entries/001 3
check 'a log that is seen for the first time and is damaged' no 1 'no entry of it counts' \
	log monitor www/log --state fresh --key "$vkey"
log add www/log n4 -q >/dev/null
damage www/log/tile/entries/002.p/196 $(($(stat -c %s www/log/tile/entries/002.p/196) - 2))
check 'an entry that is not the one of its tile: damage, not a fork' no 1 'entries are not those of its tiles' monitor
check '  and no evidence of one' test ! -e seen/conflict
rm -rf www/log && cp -r kept www/log
cp www/log/checkpoint newest
log add www/log n1 -q >/dev/null && quietly monitor
rm -r seen/open
cp newest www/log/checkpoint
check 'a log that went back' no 1 'went back: it had 708 entries, and shows 707' monitor
check '  both checkpoints are shown' test "$(grep -c '^    example.org/log$' said)" = 2
check '  and kept' test "$(ls seen/conflict | wc -l) $(find seen/conflict -type f | wc -l)" = '1 2'
check '  in JSON, too' test "$(monitor --json 2>/dev/null | jq -r '"\(.conflict) \(.shown)"' | head -n 1)" = 'went back example.org/log'
check '  signed as they were' cmp -s newest "$(find seen/conflict -name shown)"
# The same key signs another history: the same folder from a copy, and another entry.
rm -rf www/log && cp -r kept www/log
log add www/log n2 -q >/dev/null
check 'a fork of the same size' no 1 'signed two histories: it had 708 entries, and shows 708' monitor
log add www/log n3 -q >/dev/null
check 'a fork that has grown' no 1 'signed two histories: it had 708 entries, and shows 709' monitor
check '  three pieces of evidence by now' test "$(ls seen/conflict | wc -l)" = 3
check '  one of each verifies by the other implementation' eval 'foreign check www/log >/dev/null && cmp -s www/log/checkpoint seen/conflict/708-709-*/shown'
log add www/log n4 -q >/dev/null && mv www/log/tile/0 tiles
check 'a fork that takes its tiles away' no 1 'does not show that it goes on from what was seen: it had 708 entries, and shows 710' monitor
check '  leaves its checkpoint behind as well' cmp -s www/log/checkpoint seen/conflict/708-710-*/shown
mv tiles www/log/tile/0
check '  and what was seen before is still what counts' test "$(jq -r .note seen/seen.json | sed -n 2p)" = 708
