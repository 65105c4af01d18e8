#!/bin/bash
# libassay as others find it: installed into a folder, found by pkg-config, linked shared and static, called from Python. What
# it exports, that it opens nothing and loads no configuration, that threads do not disturb each other, and that it answers
# LIMIT wherever memory fails.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
for tool in pkg-config strace python3 gcc; do
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
cd "$work/tpm" || exit
args=("$(cat at)" evidence.json values.json trust.yaml - nonce.bin root.der)

# ---- the machine is not asked ----
"$work/shared" 0 "${args[@]:1}" >"$work/a" 2>&1
same 'no time, no verdict' "2 verify: assay_input: at_unix is missing: as of when, in seconds since 1970" "$? $(cat "$work/a")"
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
