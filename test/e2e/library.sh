#!/bin/bash
# libassay as others find it: installed into a folder, found by pkg-config, linked shared and static, called from Python. What
# it exports, that it opens nothing and loads no configuration, that threads do not disturb each other, that it answers
# LIMIT wherever memory fails, and that it hears rebuilders as the command does.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
for tool in pkg-config strace python3 gcc jq openssl; do
	command -v $tool >/dev/null || { skip tools "needs $tool"; exit; }
done
build=$root/build
examples=$root/examples/library

# ---- installed ----
DESTDIR=$work/tree meson install -C "$build" --no-rebuild --quiet >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
pc=$(find "$work/tree" -name libassay.pc)
libdir=$(dirname "$(dirname "$pc")")
export PKG_CONFIG_SYSROOT_DIR=$work/tree PKG_CONFIG_PATH=${pc%/*}
same 'header, pkg-config and sources have one version' "$(pkg-config --modversion libassay)" \
	"$(sed -nE 's/^#define ASSAY_VERSION "(.*)"/\1/p' "$root/include/assay.h")"
same '  the program, too' "assay $(pkg-config --modversion libassay)" "$("$assay" --version)"
exported() { nm "$@" --defined-only | awk 'NF == 3 && $2 ~ /[A-Z]/ && $2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort | paste -sd' '; }
names='assay_result_free assay_status_name assay_verify assay_version'
same 'the shared library exports what the header has' "$names" "$(exported -D "$libdir/libassay.so")"
same 'the static one, too' "$names" "$(exported -g "$libdir/libassay.a")"
same 'its name' libassay.so.0 "$(objdump -p "$libdir/libassay.so" | awk '$1 == "SONAME" { print $2 }')"
same 'it needs libcrypto, libyaml and libc' 'libc.so.6 libcrypto.so.3 libyaml-0.so.2' \
	"$(objdump -p "$libdir/libassay.so" | awk '$1 == "NEEDED" && $2 !~ /^ld-linux/ { print $2 }' | LC_ALL=C sort | paste -sd' ')"

# ---- the example, by both ways; C99 and C++ take the header ----
flags=(-Wall -Wextra -Wpedantic -Werror)
# shellcheck disable=SC2046 # words are meant
gcc -std=c99 "${flags[@]}" "$examples/verify.c" -o "$work/shared" $(pkg-config --cflags --libs libassay) &&
	check 'the example with the shared library' test -x "$work/shared"
sed "s|$libdir/libassay.so||" <(pkg-config --static --cflags --libs libassay) | tr ' ' '\n' | sed "s|^-lassay\$|$libdir/libassay.a|" >"$work/flags"
# shellcheck disable=SC2046
gcc -std=c99 "${flags[@]}" "$examples/verify.c" -o "$work/static" $(cat "$work/flags") &&
	check 'the example with the static library' test -x "$work/static"
same '  which it does not need any more' 0 "$(objdump -p "$work/static" | grep -c libassay)"
echo '#include <assay.h>' | gcc -x c++ "${flags[@]}" -fsyntax-only "-I$work/tree$(pkg-config --variable=includedir libassay | sed "s|^$work/tree||")" - 2>"$work/log"
code=$?
if grep -q 'cc1plus' "$work/log"; then skip c++ 'this gcc has no C++'; else same 'C++ takes the header' 0 $code; fi
export LD_LIBRARY_PATH=$libdir
python() { python3 "$examples/verify.py" "$@"; }

# ---- every kind of evidence for which there is a maker, and which is appraised ----
"$build/test/machine-maker" "$work" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
mkdir "$work/tpm" && mv "$work"/*.json "$work/root.der" "$work/ak" "$work/at" "$work/tpm"
printf '0a%.0s' $(seq 32) >"$work/tpm/nonce"
printf 'format: assay.trust/1\ntpm-roots:\n  - name: made\n    certificate: root.der\npinned-aks:\n  - name: %s\nunsigned-reference-values: accept\n' \
	"$(cat "$work/tpm/ak")" >"$work/tpm/trust.yaml"
for kind in tpm snp tdx nitro; do
	made=$work/$kind
	if [ $kind != tpm ]; then
		[ -x "$build/test/$kind-maker" ] || { echo "there is no maker of $kind evidence here"; continue; }
		mkdir "$made"
		"$build/test/$kind-maker" "$made" >"$work/log" 2>&1 || { bad "$kind: $(cat "$work/log")"; continue; }
	fi
	cd "$made" || exit
	python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read().strip()))' <nonce >nonce.bin
	printf 'format: assay.policy/1\nname: mine\nshape: made\n' >policy.yaml
	args=("$(cat at)" evidence.json values.json trust.yaml policy.yaml nonce.bin)
	[ $kind = tpm ] && args+=(root.der)
	"$work/shared" "${args[@]}" >"$work/a" 2>"$work/err"
	same "$kind: affirmed" "0 affirming" "$? $(head -n 1 "$work/a")"
	"$work/static" "${args[@]}" >"$work/b" 2>&1
	check "$kind: the static library says the same" cmp "$work/a" "$work/b"
	python "${args[@]}" >"$work/b" 2>&1
	check "$kind: Python says the same" cmp "$work/a" "$work/b"
	"$work/shared" "${args[@]:0:5}" - "${args[@]:6}" >"$work/a" 2>&1
	same "$kind: without a nonce" "1 contraindicated" "$? $(head -n 1 "$work/a")"
	head -c 700 evidence.json >cut.json
	"$work/shared" "${args[0]}" cut.json "${args[@]:2}" >"$work/a" 2>&1
	same "$kind: cut evidence is no verdict" 2 $?
	ways=('AGAIN 1' 'FIRST 13' 'AGAIN-LASTING 1' 'FIRST-LASTING 37')
	[ $kind = tpm ] || ways=('AGAIN 11' 'FIRST 101' 'AGAIN-LASTING 31' 'FIRST-LASTING 307')
	for way in "${ways[@]}"; do
		# shellcheck disable=SC2086 # two words
		timeout 300 "$build/test/library-starve" $way "${args[@]}" >"$work/said" 2>&1
		same "$kind: $way: each such allocation fails, once or with all after it, each small limit: LIMIT or the verdict, no crash, no leak" 0 $?
		tail -n 3 "$work/said"
	done
	timeout 100 "$build/test/appraise-bench" --threads 4 "${args[@]}" >"$work/said" 2>&1
	same "$kind: four threads at once get the same bytes" 0 $?
done

# ---- an instance with a NitroTPM: of another platform than an enclave, which stands only in its document ----
mkdir "$work/instance" && cd "$work/instance" || exit
"$build/test/nitro-maker" . nitrotpm >"$work/log" 2>&1 || bad "nitrotpm: $(cat "$work/log")"
python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read().strip()))' <nonce >nonce.bin
jq -s '.[1].shapes[0].name = "enclave" | .[0].shapes = [.[1].shapes[0], .[0].shapes[0]] | .[0]' values.json "$work/nitro/values.json" >both.json
printf 'format: assay.policy/1\nname: mine\n' >policy.yaml
args=("$(cat at)" evidence.json both.json trust.yaml policy.yaml nonce.bin)
"$work/shared" "${args[@]}" >"$work/a" 2>"$work/err"
same 'nitrotpm: of two platforms its own is picked' "0 affirming" "$? $(head -n 1 "$work/a")$(head -n 1 "$work/err")"
"$work/shared" "${args[0]}" ../nitro/evidence.json both.json ../nitro/trust.yaml policy.yaml ../nitro/nonce.bin >"$work/a" 2>"$work/err"
same 'nitro: and the enclave has its own' "0 affirming" "$? $(head -n 1 "$work/a")$(head -n 1 "$work/err")"

# ---- statements of rebuilders: as `assay verify --statements` ----
maker=$root/test/e2e/statement_maker.py
for name in alice alice2 carol eve; do openssl genpkey -algorithm ed25519 -out "$work/$name.pem" 2>/dev/null; done
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/bob.pem" 2>/dev/null
{
	printf 'rebuilders:\n'
	for name in alice:Alice alice2:Alice bob:Bob carol:Carol; do
		printf '  - {name: %s, operator: %s, key: "%s"}\n' ${name/:/ } "$(python3 "$maker" --key "$work/${name%:*}.pem")"
	done
	printf 'vouchers:\n  rebuilders: 2\n'
} >"$work/parties"
# heard NAME WANT FILE...: the library by C and by Python, and the command, of the same files
heard() {
	local name=$1 want=$2 file given=() code=0 told
	shift 2
	for file; do given+=(--statements "$file.dsse.json"); done
	"$work/shared" "${args[@]}" "${@/%/.dsse.json}" >"$work/a" 2>"$work/err" || code=$?
	python "${args[@]}" "${@/%/.dsse.json}" >"$work/b" 2>&1
	told=$("$assay" verify evidence.json --reference-values values.json --nonce "$(cat nonce)" --at "$(cat at)" --trust user.yaml --policy "$policy" "${given[@]}" --json 2>/dev/null)
	same "$kind: $name" "$([ "$want" = affirming ] && echo 0 || echo 1) $want" "$code $(head -n 1 "$work/a")"
	check "$kind:   Python says the same" cmp "$work/a" "$work/b"
	same "$kind:   the command gives the same result" "$(jq -S 'del(."ear.verifier-id")' <<<"$told")" "$(sed 1d "$work/a" | jq -S 'del(."ear.verifier-id")')"
}
for kind in tpm snp tdx nitro; do
	[ -e "$work/$kind/evidence.json" ] || continue
	cd "$work/$kind" || exit
	at=$(cat at)
	for name in alice alice2 bob carol eve; do python3 "$maker" values.json $name.dsse.json "$work/$name.pem" "at=$((at - 86400))"; done
	python3 "$maker" values.json old.dsse.json "$work/bob.pem" "at=$((at - 366 * 86400))"
	python3 "$maker" values.json other.dsse.json "$work/bob.pem" "at=$((at - 86400))" disk=ee
	echo rubbish >rubbish.dsse.json
	{ grep -v '^unsigned' trust.yaml; cat "$work/parties"; } >user.yaml
	printf 'format: assay.policy/1\nname: three\nshape: made\nvouchers: {rebuilders: 3}\n' >three.yaml
	policy=policy.yaml args=("$at" evidence.json values.json user.yaml policy.yaml nonce.bin)
	[ $kind = tpm ] && args+=(root.der)
	heard 'two of three rebuilders' affirming alice bob
	heard 'one too few' warning alice alice2
	[ $kind = tpm ] || continue
	heard 'nobody' warning
	heard 'rubbish and foreign signatures beside them' affirming rubbish alice eve bob
	heard 'they stand in for nobody' warning rubbish alice eve
	heard 'an old one' warning alice old
	heard 'another result' warning alice other
	heard 'who says two things' warning alice bob other
	policy=three.yaml args[4]=three.yaml
	heard 'a policy that asks for more: two' warning alice bob
	heard 'a policy that asks for more: three' affirming alice bob carol
	args[4]=policy.yaml
	for way in 'AGAIN 3' 'FIRST 67' 'AGAIN-LASTING 7' 'FIRST-LASTING 199'; do
		# shellcheck disable=SC2086 # two words
		timeout 300 "$build/test/library-starve" $way "${args[@]}" {rubbish,alice,bob}.dsse.json >"$work/said" 2>&1
		same "$kind: with statements: $way: LIMIT or the verdict, no crash, no leak" 0 $?
		tail -n 3 "$work/said"
	done
done

# ---- the machine is not asked ----
cd "$work/tpm" || exit
args=("$(cat at)" evidence.json values.json trust.yaml - nonce.bin root.der)
"$work/shared" 0 "${args[@]:1}" >"$work/a" 2>&1
same 'no time, no verdict' "2 verify: assay_input: at_unix is missing: as of when, in seconds since 1970" "$? $(cat "$work/a")"
# ---- the examples take "-" alone for what is not there: nothing falls back to the default policy unseen ----
: >empty && mkdir -p folder && truncate -s 16M large
# refuses NAME SAYS ARGUMENT...: both programs, with exit 2
refuses() {
	local name=$1 wants=$2 code=0
	shift 2
	"$work/shared" "$@" >"$work/a" 2>&1 || code=$?
	check "$name: refused" grep -q "^$wants" "$work/a"
	same '  with 2' 2 $code
	code=0
	python "$@" >"$work/b" 2>&1 || code=$?
	check '  by Python, too' grep -q "^${wants/usage: verify /usage: verify.py }" "$work/b"
	same '  with 2' 2 $code
}
for i in 1 2 3 4 5 6; do
	for file in empty folder none large; do
		[ $file = empty ] && why='it is empty'
		[ $file = folder ] && why='Is a directory'
		[ $file = none ] && why='No such file or directory'
		[ $file = large ] && why='it is too large'
		given=("${args[@]}") given[i]=$file
		refuses "argument $((i + 1)) is $file" "verify: cannot read '$file': $why" "${given[@]}"
	done
done
refuses 'seconds that are none' "verify: '12x' is no number of seconds" 12x "${args[@]:1}"
refuses 'too few arguments' 'usage: verify SECONDS' "${args[@]:0:4}"
cat >"$work/hostile.cnf" <<-EOF2
	openssl_conf = all
	[all]
	providers = providers
	alg_section = algorithms
	[providers]
	bogus = bogus
	default = off
	[bogus]
	activate = 1
	module = $work/bogus.so
	[off]
	activate = 0
	[algorithms]
	default_properties = fips=yes
EOF2
OPENSSL_CONF=$work/hostile.cnf strace -f -o "$work/calls" "$work/shared" "${args[@]}" >"$work/b" 2>&1
"$work/static" "${args[@]}" >"$work/a" 2>&1
check 'a hostile openssl.cnf changes nothing' cmp "$work/a" "$work/b"
same '  and is not opened' 0 "$(grep -cE 'hostile.cnf|bogus.so|openssl.cnf' "$work/calls")"
# From the last file that the example reads on.
sed '1,/openat.*root.der/d' "$work/calls" | grep -oE '^[0-9]+ +[a-z_0-9]+\(' | sed -E 's/^[0-9]+ +//' | sort -u >"$work/names"
check 'what it calls after the last file was read is seen' test -s "$work/names"
same 'its calls: memory, and what the example itself does' none \
	"$(grep -vxE '(brk|mmap|munmap|mremap|madvise|mprotect|futex|read|close|lseek|fstat|newfstatat|write|exit_group)\(' "$work/names" || echo none)"
