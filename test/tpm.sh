# Shared by the tests that ask a software TPM: one with its own authority, what is measured in it, the reference values for
# that, the attester on it and the verifier's answers. Sourced after test/lib.sh and once $port is set, not run.
# shellcheck shell=bash disable=SC2154,SC2034 # what test/lib.sh sets, and what the scripts use
required="0 2 3 4 5 6 7 9 11 12 13 14"
pids=()
at_end() { for p in "${pids[@]}"; do kill "$p" 2>/dev/null; done; }

# ---- a TPM with its own authority ----
make_tpm() { # FOLDER PORT
	mkdir -p "$1/state" "$1/ca"
	printf '%s\n' "statedir = $1/ca" "signingkey = $1/ca/key.pem" "issuercert = $1/ca/issuer.pem" \
		"certserial = $1/ca/serial" >"$1/ca.conf"
	printf '%s\n' "--platform-manufacturer Test" "--platform-version 1" "--platform-model X" >"$1/options"
	printf '%s\n' "create_certs_tool=$(command -v swtpm_localca)" "create_certs_tool_config=$1/ca.conf" \
		"create_certs_tool_options=$1/options" >"$1/setup.conf"
	swtpm_setup --tpm2 --tpmstate "$1/state" --config "$1/setup.conf" --create-ek-cert --overwrite \
		--pcr-banks sha256,sha384 >"$1/setup.log" 2>&1
}
start_tpm() { # FOLDER PORT
	swtpm socket --tpm2 --tpmstate dir="$1/state" --server type=tcp,port="$2" --ctrl type=tcp,port=$(($2 + 1)) \
		--flags not-need-init,startup-clear >"$1/swtpm.log" 2>&1 &
	pids+=($!)
	tpm_pid=$!
	for _ in $(seq 50); do (: <"/dev/tcp/127.0.0.1/$2") 2>/dev/null && break; sleep 0.1; done
	sleep 0.3
	export TPM2TOOLS_TCTI=swtpm:host=127.0.0.1,port=$2
}

# ---- what is measured: one separator in every required register ----
sha() { printf %b "$2" | "sha$1sum" | cut -d' ' -f1; }
# shellcheck disable=SC2059
le32() { printf "\\x$(printf %02x $(($1 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))\\x$(printf %02x $(($1 >> 16 & 255)))\\x$(printf %02x $(($1 >> 24 & 255)))"; }
# shellcheck disable=SC2001 # a pattern of two characters
hex() { printf %b "$(sed 's/../\\x&/g' <<<"$1")"; }
fold_hex() { hex "$2$3" | "sha$1sum" | cut -d' ' -f1; }
zero32=$(printf '0%.0s' $(seq 64)) zero48=$(printf '0%.0s' $(seq 96))
sep256=$(sha 256 '\0\0\0\0') sep384=$(sha 384 '\0\0\0\0')

event() { # PCR TYPE SHA256 SHA384 DATAHEX
	le32 "$1"; le32 "$2"; le32 2
	hex "0b00$3"; hex "0c00$4"
	le32 $((${#5} / 2)); hex "$5"
}
log_header() {
	le32 0; le32 3; hex "$(printf '0%.0s' $(seq 40))"
	le32 37
	printf 'Spec ID Event03\0'
	hex 0000000000020002
	le32 2
	hex 0b0020000c003000
	hex 00
}
make_log() { # [EXTRA]: text of a further event in PCR 4
	log_header
	for r in $required; do event "$r" 4 "$sep256" "$sep384" 00000000; done
	if [ -n "${1:-}" ]; then event 4 13 "$(sha 256 "$1")" "$(sha 384 "$1")" "$(printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n')"; fi
}
extend() { tpm2_pcrextend "$1:sha256=$2,sha384=$3"; }
measure() { for r in $required; do extend "$r" "$sep256" "$sep384" || return; done; }

reference() {
	local v256 v384 comma=
	v256=$(fold_hex 256 "$zero32" "$sep256") v384=$(fold_hex 384 "$zero48" "$sep384")
	printf '{"format":"assay.reference-values/1","image":"made","manifest_sha256":"%s",' "$zero32"
	printf '"origins":{"source":1,"reproduced":1,"distribution":2,"opaque":0},"shapes":['
	printf '{"name":"qemu-vtpm","platform":"tpm","inputs":[],"banks":["sha256","sha384"],"firmware_only":%s,"coverage":[' "${1:-false}"
	for layer in "firmware:PCR 0" "option ROMs:PCR 2" "boot loader:PCR 4" "kernel:PCR 4, PCR 11" "initrd:PCR 9" \
		"command line:PCR 9, PCR 11" "root file system:PCR 11"; do
		printf '%s{"layer":"%s","by":"%s","note":""}' "$comma" "${layer%%:*}" "${layer#*:}"
		comma=,
	done
	printf '],"registers":['
	comma=
	for r in $required; do
		if [ "$r" = 0 ] && [ -n "${no_anchor:-}" ]; then
			printf '{"register":0,"how":"not-predictable","reason":"never observed"}'
		else
			printf '%s{"register":%d,"how":"%s","reason":"made","values":{"sha256":"%s","sha384":"%s"}}' "$comma" "$r" \
				"$([ "$r" = 0 ] && echo observed || echo computed)" "$v256" "$v384"
		fi
		comma=,
	done
	printf '],"events":['
	comma=
	for r in $required; do
		[ "$r" = 0 ] && continue
		printf '%s{"register":%d,"type":4,"what":"separator","rule":"TCG PFP 3.3.4","origin":"firmware","text":"","digests":{"sha256":"%s","sha384":"%s"}}' \
			"$comma" "$r" "$sep256" "$sep384"
		comma=,
	done
	printf ']}]}\n'
}

serve() { # LOG [PORT]: on the TPM at PORT, and listens ten above it
	local at=${2:-$port}
	rm -f "$work/serve.out"  # an old address must not be taken for the new server's
	"$assay" attest serve --tpm "swtpm:host=127.0.0.1,port=$at" --port $((at + 10)) --firmware-log "$1" \
		--systemd-log "$work/none" >"$work/serve.out" 2>"$work/serve.err" &
	server=$!
	pids+=("$server")
	for _ in $(seq 100); do grep -qs http "$work/serve.out" && return; sleep 0.1; done
	cat "$work/serve.err"
	return 1
}
stop() { kill "$server"; wait "$server" 2>/dev/null; sleep 0.3; }
url=http://127.0.0.1:$((port + 10))

trust() { # NAME ROOT EXTRA...
	{
		printf 'format: assay.trust/1\ntpm-roots:\n  - name: the test authority\n    certificate: %s\n    emulated: true\n' "$2"
		shift 2
		printf '%s\n' "$@"
	} >"$work/$1.yaml" </dev/null
}

# verdict NAME WANT EXIT ARG...: the last line and the exit code; the text stays in $work/said
verdict() {
	local name=$1 want=$2 code=$3 got
	shift 3
	"$assay" verify "$@" -q >"$work/said" 2>"$work/said.err"
	got=$?
	if [ "$got" = "$code" ] && [ "$(tail -n 1 "$work/said")" = "verdict: $want" ]; then
		ok "$name"
	else
		bad "$name: exit $got, $(tail -n 1 "$work/said") $(cat "$work/said.err")"
		grep FAIL -A4 "$work/said"
	fi
}
says() { check "$1" grep -qF -- "$2" "$work/said"; }
refused() { # NAME EXIT TEXT ARG...
	local name=$1 code=$2 text=$3
	shift 3
	"$assay" "$@" -q >"$work/said" 2>"$work/said.err"
	local got=$?
	if [ "$got" = "$code" ] && grep -qF -- "$text" "$work/said.err"; then ok "$name"; else bad "$name: $got, $(cat "$work/said.err")"; fi
}

# Somebody between a verifier and attesters, at 127.0.0.1:$between; see tpm_between.py.
between=$((port + 40))
start_between() { # EVIDENCE-URL FOLDER HOW: with the identity of $url
	python3 "$root/test/e2e/tpm_between.py" $between "$url" "$1" "$2" "$3" >"$work/between.log" 2>&1 &
	pids+=($!)
	middle=$!
	for _ in $(seq 100); do (: <"/dev/tcp/127.0.0.1/$between") 2>/dev/null && return; sleep 0.1; done
	return 1
}
stop_between() { kill "$middle"; wait "$middle" 2>/dev/null; }
