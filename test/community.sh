# A vendor, rebuilders, a log with two witnesses, and a user with a trust file, each by the verbs that they would use. Sourced
# after test/lib.sh by scripts that work in $work; community_end belongs into their at_end.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # root, work, assay: test/lib.sh; and what the scripts use
origin=log.example/hello
community_pids=()
asked=() # options that name the two witnesses

community_end() {
	local pid
	for pid in "${community_pids[@]}"; do kill "$pid" 2>/dev/null; done
}

iso() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }

keys() { # NAME...
	local key
	for key; do "$assay" key new "$key.pem" -q >/dev/null || bad "a key of $key"; done
}

# ---- rebuilders ----
# What each of them does its rebuild in: one as it comes, one in another zone and umask, one as another user.
plain() { "$@"; }
far() { (umask 077 && TZ=Asia/Tokyo LANG=C.UTF-8 "$@"); }
somebody() { if [ "$(id -u)" = 0 ]; then TZ=America/Lima setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; else "$@"; fi; }

# rebuild WHO WRAPPER PUBLICATION [OPTION...]: WHO/NAME.json says what came of it
rebuild() {
	local who=$1 wrapper=$2 publication=$3 statement=$work/$1/${3##*/}.json code=0
	shift 3
	mkdir -p "$who/tmp"
	chmod 777 "$who" "$who/tmp"
	TMPDIR=$work/$who/tmp HOME=$work/$who "$wrapper" "$assay" rebuild "$publication" --by "$who" --statement "$statement" "$@" -q \
		>"$work/$who/said" 2>&1 || code=$?
	[ -f "$statement" ] || { echo "exit $code" && tail -n 3 "$who/said"; return 1; }
}
result() { jq -r ".predicate.result${2:-}" "$1"; }

# sign KEY STATEMENT NAME: NAME.dsse.json
sign() { "$assay" sign "$2" --key "$1.pem" -o "$3.dsse.json" -q >/dev/null || bad "$1 signs $2"; }

# ---- the log ----
log_start() {
	local n key
	"$assay" log init log --origin "$origin" --key log.pem -q >/dev/null || return
	log_key=$("$assay" key show log.pem --origin "$origin")
	for n in w0 w1; do
		"$assay" witness serve --key $n.pem --name $n.example --state $n.state --log "$log_key" --listen 127.0.0.1:0 >$n.out 2>$n.err &
		community_pids+=($!)
	done
	for n in w0 w1; do
		for _ in $(seq 400); do [ "$(wc -l <$n.out)" = 2 ] && break; sleep 0.05; done
		key=$("$assay" key show $n.pem --witness $n.example)
		grep -qxF "$key" $n.out || { cat $n.err; return 1; }
		asked+=(--witness "$(head -n 1 $n.out)" --witness-key "$key")
	done
}
cosigned() { "$assay" log checkpoint "$1" "${asked[@]}" -q; } # LOG

# logged NAME...: the log holds NAME.dsse.json, and its witnesses have seen that
logged() {
	"$assay" log add log "${@/%/.dsse.json}" -q >/dev/null && cosigned log >/dev/null || bad "the log takes $*"
}

# given LOG NAME...: options of `assay publish` for these statements, each with a proof of now, one word a line
given() {
	local log=$1 name
	shift
	for name; do
		"$assay" log prove "$log" --entry "$name.dsse.json" -o "$name.tlog-proof" -q >/dev/null || bad "a proof of $name"
		printf '%s\n' --statement "$name.dsse.json" --proof "$name.tlog-proof"
	done
}

# ---- the user ----
# parties NAME:OPERATOR...: lines of the user's trust file, all but the roots of hardware
parties() {
	local who
	printf 'rebuilders:\n'
	for who; do
		printf '  - {name: %s, operator: %s, key: "%s"}\n' "${who%:*}" "${who#*:}" "$("$assay" key show "${who%:*}.pem")"
	done
	printf '%s\n' 'vouchers: {rebuilders: 2}' "signers: [{name: vendor, key: \"$("$assay" key show vendor.pem)\"}]" \
		"logs: [{origin: $origin, key: \"$log_key\"}]" \
		"witnesses: {quorum: 2, keys: [\"$("$assay" key show w0.pem --witness w0.example)\", \"$("$assay" key show w1.pem --witness w1.example)\"]}"
}

# judged NAME CODE PATTERN COMMAND...: it ends with that code and says that
judged() {
	local name=$1 want=$2 pattern=$3 code=0
	shift 3
	"$@" >said 2>&1 </dev/null || code=$?
	if [ "$code" = "$want" ] && grep -qE -- "$pattern" said; then ok "$name"; else bad "$name: exit $code, wanted $want and /$pattern/: $(grep -E 'FAIL|vouch|verdict|assay:|count' said)"; fi
}
# tells NAME PATTERN: the last one said so, too
tells() { if grep -qE -- "$2" said; then ok "$1"; else bad "$1: it does not say /$2/: $(cat said)"; fi; }
