# Shared by the scripts that boot machines: one at a time, with a TPM of their own. Sourced after test/lib.sh, not run.
# shellcheck shell=bash disable=SC2154,SC2034 # what test/lib.sh sets, and what the scripts use
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
required="0 2 3 4 5 6 7 9 11 12 13 14"
vm_pid='' url='' console=''

say() { printf -- '-- %4d s  %s\n' "$SECONDS" "$*"; }

quiet() { "$@" >/dev/null; }

vm_stop() {
	[ -n "$vm_pid" ] || return 0
	kill "$vm_pid" 2>/dev/null
	wait "$vm_pid" 2>/dev/null
	vm_pid=
}
at_end() { vm_stop; }

# vm_start NAME OUT [OPTION...]: boots OUT until its attester answers, then $url is its address; $console is the file
# that gets what the guest prints. Fails when the machine stops before.
vm_start() {
	local name=$1 out=$2
	shift 2
	vm_stop
	url='' console=$work/$name.console
	say "boot: $name"
	: >"$work/$name.url"
	"$assay" run "$out" --state "$work/vm" --trust-out "$work/trust.yaml" "$@" >"$work/$name.url" 2>"$console" </dev/null &
	vm_pid=$!
	while kill -0 "$vm_pid" 2>/dev/null; do
		url=$(head -n 1 "$work/$name.url")
		[ -n "$url" ] && { say "it answers"; return 0; }
		sleep 0.5
	done
	wait "$vm_pid" 2>/dev/null
	vm_pid=
	say "it stopped: $(tail -n 1 "$console")"
	return 1
}

# ask NAME OUT [OPTION...]: what `assay verify` says of the running machine, against OUT's values: its text in
# $work/said, its EAR in $work/said.json (both from one piece of evidence, $work/NAME.bundle); the exit code is returned.
ask() {
	local name=$1 out=$2
	shift 2
	"$assay" verify "$url" --reference-values "$out/reference-values.json" --trust "$work/trust.yaml" --store "$store" \
		-q --save "$work/$name.bundle" "$@" >"$work/said" 2>"$work/said.err"
}
verdict() { tail -n 1 "$work/said"; }

# holds NAME TEXT: the last answer says so
holds() {
	if grep -qF -- "$2" "$work/said"; then
		ok "$1"
	else
		bad "$1: '$2' is not in the answer"
		cat "$work/said" "$work/said.err"
	fi
}

# prints NAME PATTERN: the guest's console says so; prints_not: it does not
prints() {
	if grep -qaE -- "$2" "$console"; then
		ok "$1"
	else
		bad "$1: the console does not say '$2'"
		tail -n 15 "$console"
	fi
}
prints_not() {
	if [ -s "$console" ] && ! grep -aE -- "$2" "$console"; then ok "$1"; else bad "$1: the console says '$2'"; fi
}

# affirmed NAME OUT: the running machine is what OUT's values describe
affirmed() {
	ask affirmed "$2"
	same "$1" "$? $(verdict)" "0 verdict: affirming"
	[ "$(verdict)" = "verdict: affirming" ] || cat "$work/said" "$work/said.err"
}

# differing: the registers that the verdict holds to be different, in both banks, in order
differing() {
	"$assay" verify "$url" --reference-values "$1/reference-values.json" --trust "$work/trust.yaml" --store "$store" -q --json |
		jq -r '[.submods.tpm["assay.verdict"].checks[] | select(.result == "failed" and .register != null)] |
			group_by(.register) | map("\(.[0].register):\(map(.bank) | sort | join("+"))") | join(" ")'
}

# told NAME OUT "PCR..." [TEXT...]: the running machine is contraindicated against OUT's values, for just these
# registers, in both banks, and each text stands in the explanation
told() {
	local name=$1 out=$2 want='' r
	for r in $3; do want+="${want:+ }$r:sha256+sha384"; done
	shift 3
	ask told "$out"
	same "$name: contraindicated" "$? $(verdict)" "1 verdict: contraindicated"
	same "$name: just these registers" "$(differing "$out")" "$want"
	for r in "$@"; do holds "$name: says '$r'" "$r"; done
}

# variant DIR: a copy of the description and its sources, to be changed; $variant is the description's folder
variant() {
	variant=$work/$1/examples/hello
	mkdir -p "$work/$1"
	tar -C "$(dirname "$(dirname "$hello")")" -cf - examples guest src | tar -C "$work/$1" -xf -
}

# make OUT DESCRIPTION: builds; PCR 0 was learnt before
make() {
	say "build: $(basename "$1")"
	"$assay" build "$2" -o "$1" --store "$store" -q >/dev/null
}
