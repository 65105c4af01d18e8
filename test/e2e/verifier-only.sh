#!/bin/bash
# An assay built with -Dverifier-only=true: it needs libcrypto and libc alone, and says of evidence from a file, byte for
# byte, what the whole tool says. What it cannot do it says plainly.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
verifier=$work/build/assay
started=$SECONDS

(cd "$root" && meson setup "$work/build" -Dverifier-only=true --werror && ninja -C "$work/build") >"$work/log" 2>&1 || { tail -20 "$work/log"; exit 1; }
ok "it is built in $((SECONDS - started)) s"

# ---- what it is made of ----
libraries() { readelf -d "$1" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p' | LC_ALL=C sort | paste -sd' '; }
same 'it needs libcrypto and libc alone' 'libc.so.6 libcrypto.so.3' "$(libraries "$verifier")"
size() { strip -o "$work/stripped" "$1" && stat -c %s "$work/stripped"; }
small=$(size "$verifier") whole=$(size "$assay")
echo "stripped: verifier $small bytes, whole tool $whole bytes, $(awk -v a="$small" -v b="$whole" 'BEGIN { printf "%.2f", a / b }') of it;" \
	"libraries: $(libraries "$verifier" | wc -w) of $(libraries "$assay" | wc -w)"
check 'it is less than half of the whole tool' test "$((2 * small))" -lt "$whole"
same 'its verbs' 'measure snp,measure seves,measure sev,measure tdx,measure pcr,statement show,statement verify,trust init,trust add,trust show,quorum,bundle make,bundle status,verify,explain,policy explain,eventlog show,eventlog replay,eventlog diff,log verify,completion' \
	"$("$verifier" --help | sed -nE 's/^  ([a-z]+( [a-z-]+)?)  +.*/\1/p' | paste -sd,)"
same 'its version' "$("$assay" --version)" "$("$verifier" --version)"

# ---- the same verdicts ----
"$root/build/test/machine-maker" "$work" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
nonce=$(printf '0a%.0s' $(seq 32)) at=$(cat "$work/at")
printf 'format: assay.trust/1\ntpm-roots:\n  - name: made\n    certificate: root.der\npinned-aks:\n  - name: %s\nunsigned-reference-values: accept\n' \
	"$(cat "$work/ak")" >"$work/trust.yaml"
sed 's/accept/refuse/' "$work/trust.yaml" >"$work/strict.yaml"
printf 'format: assay.policy/1\nname: old\nfreshness: archive\n' >"$work/archive.yaml"

# twins NAME EXIT PATTERN ARG...: both say the same, end alike, and say what the pattern wants
twins() {
	local name=$1 want=$2 pattern=$3 a=0 b=0
	shift 3
	"$assay" "$@" >"$work/a" 2>"$work/a.err" || a=$?
	"$verifier" "$@" >"$work/b" 2>"$work/b.err" || b=$?
	if [ "$a $b" = "$want $want" ] && cmp "$work/a" "$work/b" && cmp "$work/a.err" "$work/b.err" && grep -qE -- "$pattern" "$work/b" "$work/b.err"; then
		ok "$name"
	else
		bad "$name: exit $a and $b, wanted $want; $(diff "$work/a" "$work/b" | head -3) $(tail -n 1 "$work/b" "$work/b.err")"
	fi
}
with=(--reference-values "$work/values.json" --at "$at" --nonce "$nonce")
good=$work/evidence.json
twins 'an honest machine is affirmed' 0 '^verdict: affirming' verify "$good" "${with[@]}" --trust "$work/trust.yaml"
twins 'and in JSON' 0 '"ear.status": "affirming"' verify "$good" "${with[@]}" --trust "$work/trust.yaml" --json
twins 'a changed machine is contraindicated, and explained' 1 'PCR 4' verify "$work/changed.json" "${with[@]}" --trust "$work/trust.yaml"
twins 'and in JSON' 1 'contraindicated' verify "$work/changed.json" "${with[@]}" --trust "$work/trust.yaml" --json
twins 'nobody vouches: a warning' 1 '^verdict: warning' verify "$good" "${with[@]}" --trust "$work/strict.yaml"
twins 'nobody is trusted' 1 '^verdict: contraindicated' verify "$good" "${with[@]}"
twins 'another nonce' 1 'not fresh' verify "$good" --reference-values "$work/values.json" --at "$at" --nonce "${nonce//a/b}" --trust "$work/trust.yaml"
twins 'a policy that takes old evidence' 0 '^verdict: affirming' verify "$good" --reference-values "$work/values.json" --at "$at" --trust "$work/trust.yaml" \
	--policy "$work/archive.yaml"
head -c 2000 "$good" >"$work/cut.json"
twins 'a cut bundle' 2 '^hint: ' verify "$work/cut.json" "${with[@]}"
twins 'explain' 1 'PCR 4' explain "$work/changed.json" --reference-values "$work/values.json"
if command -v python3 >/dev/null; then
	python3 "$root/test/sev_calculator.py" make "$work/fw.fd" 65536 1 800000,9000,1 80d000,1000,2 80e000,1000,3 810000,1000,10
	twins 'launch digests' 0 '^EPYC-Turin/4 ' measure snp --firmware "$work/fw.fd" --vcpus 1,4 --vcpu-type EPYC-Milan,EPYC-Turin
	twins '  and in JSON' 0 'assay.measure-seves/1' measure seves --firmware "$work/fw.fd" --vcpus 1 --vcpu-type EPYC --json
	digest=$("$verifier" measure snp --firmware "$work/fw.fd" --vcpus 3 --vmm ec2)
	same 'the way back from one' 'hypervisor ec2' "$("$verifier" explain --digest "$digest" --firmware "$work/fw.fd" | sed -n 's/^  \(hypervisor\) */\1 /p')"
	"$verifier" explain --digest "${digest//[0-7]/8}" --store "$work" >"$work/a" 2>"$work/a.err"
	same '  but not through a store' 2 $?
else
	skip measure-python 'needs python3, which makes the firmware'
fi
twins 'what of it expires when' 0 '^earliest expiry: ' bundle status "$good" --at "$at"
twins '  and in JSON' 0 'assay.bundle-status/1' bundle status "$good" --at "$at" --json
twins 'a bundle is made' 0 ': complete' bundle make "$good" -o "$work/made.json"
check '  of the same evidence' cmp -s "$good" "$work/made.json"
twins 'the log that evidence carries, in words' 0 '^crypto-agile log of a TPM' eventlog show "$good"
twins 'its registers' 0 '^PCR 4 ' eventlog replay "$good" --bank sha256
twins 'and beside the prediction' 0 'nothing differs' eventlog diff "$good" "$work/values.json"
"$verifier" verify "$good" "${with[@]}" --trust "$work/trust.yaml" --save "$work/kept.json" -q >/dev/null
check "--save keeps the evidence as it was" cmp "$good" "$work/kept.json"

# ---- what it does not do ----
"$verifier" verify --help >"$work/help"
check 'its help of verify names no URL' bash -c "grep -q '^usage: assay verify \[OPTION...\] FILE\$' '$work/help' && ! grep -qE 'URL|http' '$work/help'"
check 'and says that it has no store' grep -qE '^  --store DIR +refused: ' "$work/help"
same 'else it is that of the whole tool' "$("$assay" verify --help | sed '/^example:/,$d' | grep -vE '^usage:|--store|--publication')" \
	"$(sed '/^example:/,$d' "$work/help" | grep -vE '^usage:|--store|--publication')"
says() { # NAME PATTERN ARG...
	local name=$1 pattern=$2 code=0
	shift 2
	"$verifier" "$@" >"$work/a" 2>&1 || code=$?
	if [ $code = 2 ] && grep -qE -- "$pattern" "$work/a" && [ "$(grep -c '^hint: ' "$work/a")" = 1 ]; then ok "$name"; else bad "$name: exit $code, $(cat "$work/a")"; fi
}
# ---- the library from a clone, as doc/library.md has it ----
sed -n '/^## From a clone/,/^## What goes in/s/^    //p' "$root/doc/library.md" >"$work/lines"
same 'doc/library.md says how it is installed' 'meson meson export cc' "$(awk '{ print $1 }' "$work/lines" | paste -sd' ')"
sed -i "s|build-library|$work/build-library|; s|-o verify|-o $work/verify|" "$work/lines"
(cd "$root" && export HOME=$work/home && set -e && unset PKG_CONFIG_PATH LD_LIBRARY_PATH && . "$work/lines" >"$work/log" 2>&1 && "$work/verify" >"$work/a" 2>&1)
same '  which runs as it stands' 2 $?
check '  and gives a program that runs with it' grep -q '^usage: verify SECONDS' "$work/a"
check '    whose library is the one that was installed' test -e "$work/home/libassay/lib/libassay.so.0"

says 'it asks no machine, and says how to' 'built as a verifier only' verify http://127.0.0.1:1 "${with[@]}"
says 'it fetches nothing for a bundle' 'built as a verifier only' bundle make "$good" -o "$work/made.json" --fetch
says 'it has no store' 'has no store' verify "$good" "${with[@]}" --store "$work/store"
says 'it builds nothing' "no verb 'build'" build
rm -rf "$work/config" "$work/state" "$work/cache"
"$verifier" verify "$good" "${with[@]}" --trust "$work/trust.yaml" >/dev/null 2>&1
check 'it leaves nothing behind' test ! -e "$work/cache" -a ! -e "$work/state" -a ! -e "$work/config"
