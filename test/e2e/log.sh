#!/bin/bash
# A transparency log: what it writes is what an implementation of another kind makes of its entries, whatever kills it, and a
# monitor sees what its owner does with it.
#   ASSAY_KILLS=30   how often it is killed at a random moment, beside once at each of its calls that change something
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
command -v python3 >/dev/null || { skip log "no python3"; exit 0; }
foreign=$root/test/e2e/log_foreign.py
kills=${ASSAY_KILLS:-30}
server='' mounted=''
at_end() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	[ -z "$mounted" ] || umount "$mounted"
	rm -rf "$quick"
}
# Where syncs cost nothing, for what is done hundreds of times.
quick=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "$work")")
cd "$work" || exit 1
export HOME=$work XDG_CONFIG_HOME=$work/config
python=$([ -x /usr/bin/python3 ] && echo /usr/bin/python3 || command -v python3) # without what stands before it in PATH: it starts often
foreign() { "$python" "$foreign" "$@"; }
key() { (umask 077 && openssl genpkey -algorithm ed25519 -out "$1" 2>/dev/null); }
log() { "$assay" log "$@"; }
no() { # CODE PATTERN COMMAND...: it ends with that code and says that
	local code=0 want=$1 pattern=$2
	shift 2
	"$@" >said 2>&1 || code=$?
	[ "$code" = "$want" ] && grep -qE "$pattern" said || { echo "     exit $code:" && sed 's/^/     /' said; return 1; }
}

# ---- a log by hand ----
key log.pem && key other.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.pem 2>/dev/null && chmod 600 p256.pem
log init first --origin example.org/log --key log.pem >said
vkey=$(sed -n 's/^key //p' said)
check 'a log is made and says its key' test -n "$vkey"
same '  whose name is the origin' example.org/log "${vkey%%+*}"
same '  and it is empty' '0 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' "$(foreign check first)"
for i in 0 1 2 3 4 5 6; do echo "entry $i" >"e$i"; done
same 'entries are added, and their numbers said' '0 1' "$(log add first e0 e1 -q | cut -d' ' -f1 | paste -sd' ')"
same '  by a list on standard input' '2 3 4' "$(printf '%s\n' e2 e3 e4 | log add first --list - -q | cut -d' ' -f1 | paste -sd' ')"
same '  by a list in a file, as JSON' '5 6' "$(printf '%s\n' e5 e6 >list && log add first --list list --json | jq -r '.entries[].index' | paste -sd' ')"
read -r size hash < <(foreign check first)
same 'the tree is that of another implementation' 7 "$size"
same '  and the checkpoint says so' "$hash" "$(log checkpoint first --json | jq -r .root)"
check '  signed with the key that was said' foreign check first "$vkey"
check 'a second log is not made over it' no 2 'is a log already' log init first --origin example.org/log --key log.pem
check 'a P-256 key makes no log' no 2 'Ed25519' log init never --origin example.org/log --key p256.pem
check 'an origin with a blank makes none' no 2 'no name' log init never --origin 'two words' --key log.pem
check '  and leaves nothing' test ! -e never
cp log.pem open.pem && chmod 644 open.pem
check 'a key that others can read signs nothing' no 2 'may use the private key' log add first e0 --key open.pem
check 'nor does the key of another log' no 2 'not that of the log' log add first e0 --key other.pem
head -c 65536 /dev/zero >large && : >empty
check 'an entry of 64 KiB is refused' no 2 'limit|larger' log add first large
check '  and nothing was added' test "$(foreign check first | cut -d' ' -f1)" = 7
check 'an empty entry and one of 65,535 bytes are taken' eval 'head -c 65535 large >just && log add first empty just -q >/dev/null && foreign check first >/dev/null'
same 'signing again changes no byte' "$(sha256sum <first/checkpoint)" "$(log checkpoint first --resign >/dev/null && sha256sum <first/checkpoint)"

# ---- proofs ----
for i in 0 3 6; do log prove first $i -o "p$i" -q; done
log prove first --entry e3 -o by-file -q
same 'a proof for a file is that for its number' "$(sha256sum <p3)" "$(sha256sum <by-file)"
same 'the other implementation takes it' '3 9' "$(foreign proof p3 e3 "$vkey")"
same 'it verifies offline' "entry 3 of 9 of 'example.org/log'" "$(unshare -n "$assay" log verify p3 e3 --key "$vkey" 2>/dev/null || log verify p3 e3 --key "$vkey")"
check 'not for another entry' no 1 'another root' log verify p3 e2 --key "$vkey"
check 'not by another key' no 1 'no signature' log verify p3 e3 --key "$(log init second --origin example.org/log --key other.pem | sed -n 's/^key //p')"
check 'no proof for what is not there' no 2 'there is no 9' log prove first 9
check '  nor for a file that is no entry' no 2 'none of its 9 entries' log prove first --entry list
mkdir -p config/assay
printf 'format: assay.trust/1\nlogs:\n  - {origin: example.org/log, key: "%s"}\n' "$vkey" >config/assay/trust.yaml
check 'the trust file names the log, too' log verify p3 e3
printf 'format: assay.trust/1\n' >nobody.yaml
check '  or not' no 2 "names no log" log verify p3 e3 --trust nobody.yaml
key w1.pem && key w2.pem
w1=$(foreign vkey w1.org 4 w1.pem) w2=$(foreign vkey w2.org 4 w2.pem) now=$(date +%s)
cp p3 p3-cosigned && foreign cosign first/checkpoint w1.org w1.pem "$now" >>p3-cosigned
verify() { log verify p3-cosigned e3 --key "$vkey" --witness "$w1" --witness "$w2" "$@"; }
check 'one of two witnesses is a quorum of 1' verify --quorum 1
check '  not of 2' no 1 '1 of the witnesses .* wanted 2' verify
check '  and one key under two names is no quorum' no 2 'have the same key' verify --witness "$(foreign vkey w3.org 4 w1.pem)"
check '  nor is the log its own witness' no 2 'its own witness' verify --witness "$(foreign vkey w3.org 4 log.pem)"
cp p3 p3-as-log && foreign cosign first/checkpoint example.org/log w1.pem "$now" >>p3-as-log
check "  and a witness's key is no log's" no 2 'is the key of a witness' log verify p3-as-log e3 --key "$(foreign vkey example.org/log 4 w1.pem)"
printf 'format: assay.trust/1\nlogs:\n  - {origin: example.org/log, key: "%s"}\nwitnesses:\n  quorum: 1\n  keys: ["%s", "%s"]\n' "$vkey" "$w1" "$w2" >witnesses.yaml
check 'witnesses of the trust file' log verify p3-cosigned e3 --trust witnesses.yaml
check '  whose cosignatures grow old' no 1 'too long ago' log verify p3-cosigned e3 --trust witnesses.yaml --at $((now + 8 * 86400))
for m in 0 1 4 7 8; do for n in 8 9; do log consistency first $m $n --json >"c-$m-$n"; done; done
same 'consistency of any two sizes, by the other implementation' 10 "$(foreign consistency c-*)"
check '  not the other way round' no 2 'older size comes first' log consistency first 5 4
check '  nor beyond its end' no 2 'has 9 entries' log consistency first 5 10

# ---- every size ----
key sizes.pem
same 'sizes 1 to 300, one by one and at once, give the same tiles, roots and checkpoints' '300 sizes' \
	"$(foreign sizes "$assay" sizes.pem "$quick" 300)"

# ---- kill -9 ----
# All that was ever signed is kept: checkpoints, and what a kill left on its way.
mkdir -p notes
grown=0
harvest() {
	grown=$((grown + 1))
	cp killed/checkpoint "notes/$grown"
	[ ! -e killed/.log/part ] || cp killed/.log/part "notes/$grown.part"
}
# One more round of entries that nothing before had, acknowledged or not; stdout of the tool is the acknowledgement.
rounds=0
add_some() { # COMMAND...: prefix
	local n=$((RANDOM % 4 + 1)) names=()
	rounds=$((rounds + 1))
	for ((k = 0; k < n; k++)); do
		echo "round $rounds, entry $k" >"$quick/r$rounds-$k"
		names+=("$quick/r$rounds-$k")
	done
	{ "$@" "$assay" log add killed "${names[@]}" -q >>acknowledged; } 2>/dev/null
}
acknowledged_is_there() {
	local at file
	while read -r at file; do
		log prove killed "$at" >"$quick/proof" && log verify "$quick/proof" "$file" --key "$killed_key" >/dev/null || { echo "     entry $at, $file is lost"; return 1; }
	done < <(sort -n acknowledged | tail -n "${1:-100000}")
}
log init killed --origin example.org/killed --key log.pem >said
killed_key=$(sed -n 's/^key //p' said)
: >acknowledged
head -c 250000 /dev/zero | split -b 1000 - "$quick/first-"
printf '%s\n' "$quick"/first-* | log add killed --list - -q >/dev/null # so that tiles become full on the way
if strace -o /dev/null true 2>/dev/null; then
	calls='openat pwrite64 fsync renameat mkdirat unlinkat flock'
	points=0 whole=1
	for call in $calls; do
		for ((at = 1; at < 50; at++)); do
			# Killed when it makes that call for the at-th time; 0: it does not, and ended.
			add_some strace -qq -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$at && break
			points=$((points + 1))
			harvest
			foreign check killed >/dev/null || { whole=0; echo "     killed at $call $at"; }
		done
	done
	check "killed at each of its $points calls that change something, it is whole" test $whole = 1 -a $points -gt 40
	add_some && harvest
	check '  and grows on' foreign check killed
	check '  nothing acknowledged is lost' acknowledged_is_there
	same '  one history' '1' "$(foreign signed killed notes/* | tee signed-said | grep -c 'one history')"
else
	skip log-kill "strace cannot trace here"
fi
whole=1
for ((i = 0; i < kills; i++)); do
	add_some timeout -s KILL "0.$(printf %03d $((RANDOM % 160 + 1)))"
	harvest
	foreign check killed >/dev/null || whole=0
done
check "killed at $kills random moments, it is whole" test $whole = 1
check '  nothing acknowledged is lost' acknowledged_is_there 60
check '  one history' foreign signed killed notes/*

# Two at once: each waits for the other.
writers=()
for i in 1 2; do
	(for ((k = 0; k < 15; k++)); do echo "writer $i, $k" >"$quick/w$i-$k"; log add killed "$quick/w$i-$k" -q; done >"by-$i") &
	writers+=($!)
done
wait "${writers[@]}"
same 'two who add at once get numbers of their own' 30 "$(cut -d' ' -f1 by-1 by-2 | sort -u | wc -l)"
check '  and the log is whole' foreign check killed

# ---- a full disk ----
mkdir -p small
if mount -t tmpfs -o size=600k tmpfs small 2>/dev/null; then
	mounted=$work/small
	log init small/log --origin example.org/small --key log.pem >/dev/null
	head -c 20000 /dev/urandom >big
	n=0
	while [ $n -lt 60 ] && log add small/log big -q >/dev/null 2>said; do n=$((n + 1)); done
	check "a full disk is an error that says so (after $n entries)" grep -q 'No space left' said
	check '  the log is whole' foreign check small/log
	check '  what was acknowledged is in it' test "$(foreign check small/log | cut -d' ' -f1)" -ge "$n"
	mount -o remount,size=4m small
	check '  with space it goes on' eval 'log add small/log e1 -q >/dev/null && foreign check small/log >/dev/null'
	umount small && mounted=''
else
	skip log-full-disk "no tmpfs can be mounted"
fi

# ---- refused ----
cp -r first bent && sed -i '2s/9/8/' bent/checkpoint
check 'a checkpoint that nobody signed is refused' no 2 'signature|Signature' log add bent e0
rm -rf bent && cp -r first bent && printf '\1' | dd of=bent/tile/0/000.p/9 bs=1 seek=40 conv=notrunc status=none
check 'a checkpoint that its tiles do not bear out is refused' no 2 'not that of its tiles' log add bent e0
check '  no proof comes of them' no 2 'not those of its checkpoint' log prove bent 2
rm -rf bent && cp -r first bent && printf '\1' | dd of=bent/tile/entries/000.p/9 bs=1 seek=5 conv=notrunc status=none
check 'an entry that is not its tile'"'"'s is refused' no 2 'not the one that its tile says' log add bent e0
rm -rf bent && cp -r first bent && cp first/checkpoint old-checkpoint
log add bent e1 -q >/dev/null && cp old-checkpoint bent/checkpoint
log checkpoint bent --resign >/dev/null
check 'a checkpoint that was put back from a copy gives way to what was signed since' test "$(foreign check bent | cut -d' ' -f1)" = 10
