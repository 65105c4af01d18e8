#!/bin/bash
# assay bundle: evidence and collateral of the tests' own authorities into one file, from files and from a server on a
# loopback port that answers as the vendors' services do, well and badly; what expires when; and real evidence, where the
# vectors are. Python computes what is asked a second time.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
command -v python3 >/dev/null || { skip bundle 'no python3'; exit 0; }
files=$work/files servers=()
mkdir "$files"
made=$(date +%s)
"$root/build/test/collateral-maker" "$files" "$made" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
python3 "$root/test/e2e/azure_maker.py" "$files" || exit 1
at_end() { [ ${#servers[@]} = 0 ] || kill "${servers[@]}" 2>/dev/null; }
cd "$work" || exit 1

# serve NAME MODE...: a server of its own folder, whose address is in $url
serve() {
	mkdir "$work/$1" && cp "$files"/* "$work/$1" && echo "${*:2}" >"$work/$1/mode" && : >"$work/$1/log"
	python3 "$root/test/e2e/vendor_server.py" "$work/$1" &
	servers+=($!)
	for _ in $(seq 100); do [ -f "$work/$1/port" ] && break; sleep 0.05; done
	url=http://127.0.0.1:$(cat "$work/$1/port")
}
mode() { echo "${*:2}" >"$work/$1/mode" && : >"$work/$1/log"; }
asked() { wc -l <"$work/$1/log"; }
# says NAME EXIT PATTERN ARG...: assay bundle ends so, and prints the pattern
says() {
	local name=$1 want=$2 pattern=$3 code=0
	shift 3
	"$assay" bundle "$@" >said 2>&1 || code=$?
	if [ $code = "$want" ] && grep -qE -- "$pattern" said; then ok "$name"; else bad "$name: exit $code, wanted $want; $(head -4 said)"; fi
}
snp=(--certificates "$files/vcek.der" --certificates "$files/cert_chain.pem" --crl "$files/crl.der")
tdx=(--tcb-info "$files/tcb-info.json" --tcb-info-chain "$files/signer.pem" --qe-identity "$files/qe-identity.json"
	--qe-identity-chain "$files/signer.pem" --pck-crl "$files/pck-crl.der" --root-crl "$files/root-crl.der")
# of the current $url: where the cache keeps what it answered
kept() { echo "cache/assay/collateral/of-$(printf %s "$url" | sha256sum | cut -c1-16)"; }
# Whom the user trusts: the test's own authorities, as far as nothing else is said.
mkdir -p trusting/assay && cp "$files/trust.yaml" trusting/assay
export XDG_CONFIG_HOME=$work/trusting
trust=(--trust "$files/trust.yaml")
day() { date -u -d "@$(($(date +%s) + $1 * 86400))" +%Y-%m-%dT%H:%M:%SZ; }
# of JSON on stdin: python's expression over d
of() { python3 -c "import json, sys; d = json.load(sys.stdin); print($1)"; }

# ---- a server that is slow, and one that fails: they take the longest and so begin here ----
serve slow slow
XDG_CACHE_HOME=$work/cache-slow "$assay" bundle make -o slow.json "$files/report.bin" --fetch --kds "$url" --timeout 1 >slow.said 2>&1 &
slow=$!
serve failing status 500
XDG_CACHE_HOME=$work/cache-failing "$assay" bundle make -o failing.json "$files/report.bin" --fetch --kds "$url" >failing.said 2>&1 &
failing=$!
XDG_CACHE_HOME=$work/cache-nobody "$assay" bundle make -o nobody.json "$files/report.bin" --fetch --kds http://127.0.0.1:9 --timeout 1 >nobody.said 2>&1 &
nobody=$!

# ---- from files ----
export XDG_CACHE_HOME=$work/cache
says 'an SNP report with all of its collateral' 0 '^snp.json: complete until ' make -o snp.json "$files/report.bin" "${snp[@]}"
says '  is complete' 0 '^complete: ' status snp.json
same '  the CRL expires first, and that is the last line' "earliest expiry: snp.crl" "$(tail -1 said | sed -E 's/: .*, (snp.crl)$/: \1/')"
same '  in nine days' '8 9' "$("$assay" bundle status --json snp.json | of '8, 9 if min(i["days-left"] for i in d["items"] if "days-left" in i) in (8, 9) else 0' | tr -d '(),')"
says '  in ten days it has expired' 1 '^expired +snp.crl' status snp.json --at "$(day 10)"
says '  before it was made it was not valid yet' 1 '^not-yet +snp.certificate' status snp.json --at "$(day -20)"
same '  as JSON' 'assay.bundle-status/1 snp True' "$("$assay" bundle status --json snp.json | of 'd["format"], d["kind"], d["complete"]' | tr -d "(),'")"
says 'a report alone says what is missing' 0 'snp.certificate VCEK \(missing\)' make -o bare.json "$files/report.bin"
says '  and its status, too' 1 '^missing +snp.crl' status bare.json
says '  also of the raw report' 1 '^INCOMPLETE' status "$files/report.bin"
says 'a VCEK for another TCB does not fit' 0 'snp.certificate.0 \(unfit\): .*microcode' make -o unfit.json "$files/report.bin" --certificates "$files/other-vcek.der"
says 'a bundle is completed' 0 'complete until' make -o bare.json bare.json "${snp[@]}"
check '  to the same bytes' cmp snp.json bare.json
says 'a TDX quote with all of its collateral' 0 'complete until' make -o tdx.json "$files/quote.bin" "${tdx[@]}"
says '  TCB info expires first' 0 '^earliest expiry: .*tdx\.(tcb-info|qe-identity)$' status tdx.json
for part in tcb-info tcb-info-chain qe-identity qe-identity-chain pck-crl root-crl; do
	some=()
	for ((i = 0; i < ${#tdx[@]}; i += 2)); do [ "${tdx[i]}" = "--$part" ] || some+=("${tdx[i]}" "${tdx[i + 1]}"); done
	says "  without --$part it is missed" 0 "tdx.$part \\(missing\\)" make -o less.json "$files/quote.bin" "${some[@]}"
done
says "  another platform's TCB info does not fit" 0 'tdx.tcb-info \(unfit\): .*00806f050000' make -o less.json "$files/quote.bin" "${tdx[@]:2}" \
	--tcb-info "$files/other-tcb-info.json"
azure=(--quote "$files/tpm-quote" --signature "$files/tpm-signature" --pcrs "$files/pcrs")
says "an HCL report of Azure with its TPM's quote" 0 'complete until' make -o azure.json "$files/hcl.bin" "${azure[@]}" "${snp[@]}"
says '  its report is the hardware'\''s' 0 '^timeless +azure.hcl-report: SEV-SNP report' status azure.json
says '  an HCL report alone is not enough' 2 '^hint: have the virtual TPM sign' make -o less.json "$files/hcl.bin" "${snp[@]}"
(cat "$files/report.bin" && head -c 2816 /dev/zero) >extended.bin
says 'an extended report with an empty table' 0 'will miss' make -o less.json extended.bin

# ---- what is there and does not hold ----
python3 - "$files" <<'P'
import sys
folder = sys.argv[1]
text = open(folder + '/tcb-info.json').read()
at = text.index('"nextUpdate":"20') + len('"nextUpdate":"')
open(folder + '/edited-tcb-info.json', 'w').write(text[:at] + '29' + text[at + 2:])
P
says 'TCB info whose end somebody has moved' 0 'tdx.tcb-info \(bad-signature\)' make -o edited.json "$files/quote.bin" "${tdx[@]:2}" --tcb-info "$files/edited-tcb-info.json"
says '  status says so' 1 '^bad-signature +tdx.tcb-info:' status edited.json
says 'an authority that the root has revoked' 0 'snp.certificate.1 \(revoked\): the ARK has revoked the ASK' make -o revoked.json "$files/report.bin" "${snp[@]:0:4}" \
	--crl "$files/revoking-crl.der"
says '  status says so' 1 '^revoked +snp.certificate.1' status revoked.json
XDG_CONFIG_HOME=$work/nobody says 'without a trust file the root is nobody'\''s' 1 '^untrusted +snp.certificate' status snp.json
XDG_CONFIG_HOME=$work/nobody says '  with --trust it is somebody'\''s' 0 '^complete: .*signed up to a trusted root' status snp.json "${trust[@]}"

# ---- what is refused; a bundle that is there stays ----
cp snp.json before.json
refused() { says "$1" 2 "$2" make -o snp.json "${@:3}" && check '  nothing was written' cmp -s snp.json before.json; }
refused 'a certificate is no evidence' 'looks like a certificate in DER' "$files/vcek.der"
head -c 1183 "$files/report.bin" >cut.bin
refused 'a report that is cut' '1183' cut.bin
refused 'a CRL is no certificate' 'looks like a CRL in DER' "$files/report.bin" --certificates "$files/crl.der"
refused 'a certificate is no CRL' 'looks like a certificate in DER' "$files/report.bin" --crl "$files/vcek.der"
refused 'TCB info for an SNP report' "a bundle for snp has no part 'tdx.tcb-info'" "$files/report.bin" --tcb-info "$files/tcb-info.json"
refused 'TCB info that is cut' 'hint: wanted TCB info' "$files/quote.bin" --tcb-info cut.bin
refused 'a file that is not there' 'nowhere.crl' "$files/report.bin" --crl nowhere.crl
says 'nowhere to write to' 2 'none/snp.json' make -o none/snp.json "$files/report.bin" "${snp[@]}"
"$assay" bundle status "$files/report.bin" >/dev/full 2>err
same 'a status that cannot be written is none, though a hint is behind it' 2 $?
check '  with the reason' grep -q 'cannot write the result: No space left on device' err
"$assay" bundle make "$files/report.bin" -o told.json >/dev/full 2>err
same 'a bundle of which nothing could be told' 2 $?
check '  is there, as the page says' test -s told.json
check '    and the page says so' grep -q 'standard output' <(sed -n '/^# EXIT/,/^# EX[A]/p' "$root/man/assay-bundle-make.1.scd")
mkdir -p adir
says 'a folder for the bundle' 2 "cannot create 'adir/': Is a directory" make "$files/report.bin" -o adir/
if strace -qq -o /dev/null true 2>/dev/null; then
	mkdir killed
	strace -f -qq -o /dev/null -e trace=fsync -e inject=fsync:delay_enter=3000000 "$assay" bundle make "$files/report.bin" -o killed/b.json >/dev/null 2>&1 &
	tracer=$!
	for _ in $(seq 50); do ls killed/*.tmp >/dev/null 2>&1 && break; sleep 0.1; done
	check 'a bundle is being written' test -e killed/b.json.*.tmp
	kill -TERM "$(pgrep -P $tracer)"
	wait $tracer
	same '  ended meanwhile: it is whole, and nothing lies beside it' b.json "$(ls killed)"
	"$assay" bundle status killed/b.json >said 2>&1
	check '    and can be read' grep -q '^evidence of kind snp' said
else
	skip bundle-strace 'needs strace that may trace'
fi
says 'how long to wait, where nobody is asked' 2 "--timeout is 'x'" make "$files/report.bin" -o no.json --timeout x
says 'a number of seconds that is none' 2 "--timeout is 'x'" make "$files/report.bin" -o no.json --fetch --timeout x
says 'a time with an offset is none, and which is wanted is said' 2 'UTC, with a Z' status "$files/report.bin" --at 2026-11-23T12:00:00+00:00
says 'no -o' 2 '^assay: .*--output is needed' make "$files/report.bin"

# ---- from services ----
serve plain plain
fetch=("$files/report.bin" --fetch --kds "$url")
says 'without --fetch nobody is asked' 0 'will miss' make -o less.json "$files/report.bin" --kds "$url" --pcs "$url"
same '  not one request' 0 "$(asked plain)"
says 'what is missing is fetched from AMD' 0 'complete until' make -o fetched.json "${fetch[@]}"
check '  the same bundle as from files' cmp fetched.json snp.json
same '  the VCEK by chip and TCB, chain and CRL, each once' "$(cd "$work/plain" && python3 -c 'import sys; sys.argv = ["", "."]
source = open("'"$root"'/test/e2e/vendor_server.py").read().split("server = ")[0]; exec(source); print(vcek_path(), "/vcek/v1/Milan/cert_chain", "/vcek/v1/Milan/crl")')" \
	"$(paste -sd' ' "$work/plain/log")"
mode plain plain
says '  and then from the cache' 0 'complete until' make -o fetched.json "${fetch[@]}"
same '  without a request' 0 "$(asked plain)"
cp "$files/old-crl.der" "$(kept)/amd/Milan/vcek-crl.der"
says 'a CRL of the cache that has expired is fetched again' 0 'complete until' make -o fetched.json "${fetch[@]}"
same '  and nothing else' '/vcek/v1/Milan/crl' "$(cat plain/log)"
for f in "$(kept)"/amd/Milan/*-*.der; do [[ $f == *crl* ]] || cp "$files/other-vcek.der" "$f"; done
mode plain plain
says 'a VCEK of the cache that does not fit, too' 0 'complete until' make -o fetched.json "${fetch[@]}"
same '  alone' 1 "$(asked plain)"
mode plain plain
says 'certificates that a bundle has are not asked for' 0 'complete until' make -o some.json "$files/report.bin" --certificates "$files/vcek.der" --certificates "$files/cert_chain.pem" \
	--fetch --kds "$url"
same '  the CRL was in the cache' 0 "$(asked plain)"
says 'what is missing is fetched from Intel, or a cache of it' 0 'complete until' make -o fetched-tdx.json "$files/quote.bin" --fetch --pcs "$url"
check '  the same bundle as from files' cmp fetched-tdx.json tdx.json
same '  by the FMSPC of the quote' '/sgx/certification/v4/pckcrl?ca=platform&encoding=der /sgx/certification/v4/rootcacrl /tdx/certification/v4/qe/identity /tdx/certification/v4/tcb?fmspc=90c06f000000' \
	"$(LC_ALL=C sort plain/log | paste -sd' ')"
mode plain plain
cp "$files/old-tcb-info.json" "$(kept)/intel/90c06f000000/tcb-info.json"
says '  after its next update TCB info is fetched again' 0 'complete until' make -o fetched-tdx.json "$files/quote.bin" --fetch --pcs "$url"
same '  and nothing else' '/tdx/certification/v4/tcb?fmspc=90c06f000000' "$(cat plain/log)"

# A report of version 2 does not say whose it is, and one of a Turin asks in another way: by eight bytes, and FMC.
python3 - "$files" <<'P'
import sys
folder = sys.argv[1]
report = bytearray(open(folder + '/report.bin', 'rb').read())
report[0], report[0x188:0x18b] = 5, b'\x1a\x02\x01'
report[0x1a8:0x1e0] = bytes(56)
for at in 0x038, 0x180, 0x1e0, 0x1f0:
    report[at:at + 8] = bytes([9, 4, 0, 23, 0, 0, 0, 213])
open(folder + '/report-turin.bin', 'wb').write(report)
open(folder + '/turin-path', 'w').write('/vcek/v1/Turin/%s?blSPL=04&teeSPL=00&snpSPL=23&ucodeSPL=213&fmcSPL=09\n' % report[0x1a0:0x1a8].hex())
P
mode plain plain
says 'a report of version 2 is looked for among Milans' 0 'complete until' make -o second.json "$files/report-2.bin" --fetch --kds "$url"
same '  its VCEK was in the cache' 0 "$(asked plain)"
rm -rf cache
mode plain status 404
says '  and then among Genoas' 2 '/vcek/v1/Genoa/.*HTTP 404' make -o no.json "$files/report-2.bin" --fetch --kds "$url"
same '  each once' 'Milan Genoa' "$(sed -E 's,/vcek/v1/([A-Za-z]+)/.*,\1,' plain/log | paste -sd' ')"
mode plain status 404
says 'a Turin' 2 '/vcek/v1/Turin/.*HTTP 404' make -o no.json "$files/report-turin.bin" --fetch --kds "$url"
same '  by eight bytes of its chip, and FMC' "$(cat "$files/turin-path")" "$(cat plain/log)"
mode plain plain
"$assay" verify azure.json >said 2>err
same '  which has a verdict without reference values' "1 1" "$? $(grep -c '^verdict: ' said)"
"$assay" verify azure.json --shape some >said 2>err
same '  not with a shape of such' 2 $?
check '    of which there is none' grep -q "shape 'some' is one of reference values, and there are none" err
says 'an HCL report of Azure: what its hardware needs' 0 'complete until' make -o azure-fetched.json "$files/hcl.bin" "${azure[@]}" --fetch --kds "$url"
check '  the same bundle as from files' cmp azure-fetched.json azure.json

# ---- lists: the vendor's own, and the newer one ----
# The host's table of certificates, as a hypervisor gives it: with a list that still counts, and is not the newest.
python3 - "$files" <<'P'
import sys
folder = sys.argv[1]
guids = {'vcek.der': '63da758de6644564adc5f4b93be8accd', 'ask.der': '4ab7b379bbac4fe4a02f05aef327c782', 'ark.der': 'c0b406a4a803495297433fb6014cd0ae',
         'older-crl.der': '92f81bc358114d3d97ffd19f88dc67ea'}
head, data = b'', b''
for name, guid in guids.items():
    item = open(folder + '/' + name, 'rb').read()
    at = 24 * (len(guids) + 1) + len(data)
    head += bytes.fromhex(guid) + at.to_bytes(4, 'little') + len(item).to_bytes(4, 'little')
    data += item
open(folder + '/table.bin', 'wb').write(head + bytes(24) + data)
P
listed() { "$assay" bundle status --json "$1" | of '" ".join("%s %s" % (i["label"], i["from"][:10]) for i in d["items"] if "'"$2"'" in i["what"])'; }
date_of() { date -u -d "@$((made + $1 * 86400))" +%Y-%m-%d; }
rm -rf cache
mode plain plain
says "a host's list counts until its end" 0 'complete until' make -o host.json "$files/report.bin" --certificates "$files/table.bin"
same '  as it says itself' "snp.certificate-table CRL $(date_of -20)" "$(listed host.json 'list of')"
says '  with --fetch AMD is asked all the same' 0 'complete until' make -o host.json host.json --fetch --kds "$url"
same '  for the list alone' '/vcek/v1/Milan/crl' "$(cat plain/log)"
same '  and its newer one is taken' "snp.crl $(date_of -10)" "$(listed host.json 'list of')"
mode plain plain
says '  that of a day is enough' 0 'complete until' make -o host.json "$files/report.bin" --certificates "$files/table.bin" --fetch --kds "$url"
same '  without a request' "0 snp.crl $(date_of -10)" "$(asked plain) $(listed host.json 'list of')"
touch -d '25 hours ago' "$(kept)/amd/Milan/vcek-crl.der"
says '  one that was got the day before is not' 0 'complete until' make -o host.json "$files/report.bin" --certificates "$files/table.bin" --fetch --kds "$url"
same '  and asked for again' 1 "$(asked plain)"
touch -d 'tomorrow' "$(kept)/amd/Milan/vcek-crl.der"
says '  nor one of tomorrow' 0 'complete until' make -o host.json "$files/report.bin" --certificates "$files/table.bin" --fetch --kds "$url"
same '  which is asked for again, too' 2 "$(asked plain)"
rm -rf cache
mode plain 'serve crl.der older-crl.der'
says "an older list of the vendor's" 0 'complete until' make -o older.json snp.json --fetch --kds "$url"
check '  does not stand in for a newer one' cmp older.json snp.json
rm -rf cache
mode plain 'serve crl.der revoking-crl.der'
says "what the host's list does not say" 0 'snp.certificate-table ASK \(revoked\): the ARK has revoked the ASK' make -o revoked.json "$files/report.bin" \
	--certificates "$files/table.bin" --fetch --kds "$url"
says '  is told by status, too' 1 '^revoked +snp.certificate-table ASK' status revoked.json
same '  and what was asked for is kept' 'vcek-crl.der' "$(ls "$(kept)/amd/Milan")"
rm -rf cache
mode plain 'status 403'
says 'a service that refuses: what is there stays, and that is said' 0 "^warning: AMD's service refuses: HTTP 403.*'snp.crl' of $(date_of -20).* may have been held back" \
	make -q -o host.json "$files/report.bin" --certificates "$files/table.bin" --fetch --kds "$url"
same '  in the bundle' "snp.certificate-table CRL $(date_of -20)" "$(listed host.json 'list of')"
mkdir -p "$(kept)/amd/Milan" && cp "$files/crl.der" "$(kept)/amd/Milan/vcek-crl.der" && touch -d '3 days ago' "$(kept)/amd/Milan/vcek-crl.der"
says '  or the newer one that was got before' 0 "^warning: .*'snp.crl' of $(date_of -10)" \
	make -o host.json "$files/report.bin" --certificates "$files/table.bin" --fetch --kds "$url"
same '  with its list' "snp.crl $(date_of -10)" "$(listed host.json 'list of')"
mode plain 'status 403'
says 'likewise of Intel' 0 "^warning: .*'tdx.root-crl' of" make -o tdx-2.json tdx.json --fetch --pcs "$url"
same '  for each part' 4 "$(grep -c '^warning: ' said)"
same '  after one request' 1 "$(asked plain)"
check '  and the bundle is as it was' cmp tdx-2.json tdx.json
mode plain plain
says 'TCB info that is older' 0 'complete until' make -o tdx-2.json "$files/quote.bin" "${tdx[@]:2}" --tcb-info "$files/older-tcb-info.json"
same '  counts' "tdx.tcb-info $(date_of -12)" "$(listed tdx-2.json 'TCB levels')"
says '  with --fetch the newer one is taken' 0 'complete until' make -o tdx-2.json tdx-2.json --fetch --pcs "$url"
check '  the same bundle as from files' cmp tdx-2.json tdx.json
rm -rf cache
mode plain 'serve tcb-info.json next-tcb-info.json'
says 'TCB info of a later evaluation that was issued earlier' 0 'complete until' make -o tdx-2.json tdx.json --fetch --pcs "$url"
same '  is the newer one' 'tdx.tcb-info 19' "$("$assay" bundle status tdx-2.json --json | of '" ".join("%s %d" % (i["label"], i["evaluation-number"]) for i in d["items"] if i["label"] == "tdx.tcb-info")')"
rm -rf cache
mode plain plain
says '  and one of an earlier evaluation that is issued anew' 0 'complete until' make -o tdx-3.json tdx-2.json --fetch --pcs "$url"
check '  is not' cmp tdx-3.json tdx-2.json
rm -rf cache

# ---- what does not hold is neither taken nor kept ----
own=$url
rm -rf cache
serve evil plain
for f in vcek.der:evil-vcek.der cert_chain.pem:evil-chain.pem crl.der:evil-crl.der tcb-info.json:edited-tcb-info.json; do cp "$files/${f#*:}" "evil/${f%:*}"; done
says "another authority's certificates, by its own service" 2 "with what AMD's service answers the certificates do not hold: .* \((untrusted|bad-signature)\)" make -o no.json "$files/report.bin" \
	--fetch --kds "$url" "${trust[@]}"
same '  and nothing is kept or written' 'lock' "$(find cache no.json -type f 2>/dev/null | sed 's,.*/,,')"
says '  where nobody says whom to trust' 0 'snp.report \(bad-signature\)' make -o evil.json "$files/report.bin" --fetch --kds "$url"
says '  the root is told, too' 1 '^untrusted +snp.certificate' status evil.json
evil=$(kept) url=$own
says '  it is kept for that service alone' 0 'complete until' make -o fetched.json "$files/report.bin" --fetch --kds "$url" "${trust[@]}"
check '  the same bundle as from files' cmp fetched.json snp.json
for f in evil-vcek.der evil-chain.pem; do
	says "  $f of a host stands in no way" 0 'complete until' make -o evil.json "$files/report.bin" --certificates "$files/$f" --fetch --kds "$url" "${trust[@]}"
	same '    but is told' 0 "$("$assay" bundle status evil.json --json | of '0 if [i for i in d["items"] if i["state"] == "not-needed"] else 1')"
done
cp -r "$evil"/amd "$(kept)/"
mode plain plain
says 'a cache that somebody has filled' 0 'complete until' make -o fetched.json "$files/report.bin" --fetch --kds "$url" "${trust[@]}"
same '  is asked for again: three answers' 3 "$(asked plain)"
check '  the same bundle as from files' cmp fetched.json snp.json
mode plain plain
says '  and is right from then on' 0 'complete until' make -o fetched.json "$files/report.bin" --fetch --kds "$url"
same '  without a request' 0 "$(asked plain)"
mode plain 'serve crl.der evil-crl.der'
touch -d '2 days ago' "$(kept)/amd/Milan/vcek-crl.der"
says "another authority's list" 2 "'snp.crl' \(unfit\): CRL is not signed by the ARK" make -o no.json "$files/report.bin" --fetch --kds "$url"
check '  is not kept' cmp "$files/crl.der" "$(kept)/amd/Milan/vcek-crl.der"
cp "$files/edited-tcb-info.json" plain
mode plain 'serve tcb-info.json edited-tcb-info.json'
says 'TCB info whose end somebody has moved' 2 "'tdx.tcb-info' \(bad-signature\): " make -o no.json "$files/quote.bin" --fetch --pcs "$url"
check '  is not kept' test ! -e "$(kept)/intel"
mode plain plain
says '  nor taken from the cache' 0 'complete until' make -o fetched-tdx.json "$files/quote.bin" --fetch --pcs "$url" "${trust[@]}"
cp "$files/edited-tcb-info.json" "$(kept)/intel/90c06f000000/tcb-info.json"
mode plain plain
says '  but asked for again' 0 'complete until' make -o fetched-tdx.json "$files/quote.bin" --fetch --pcs "$url"
same '  alone' '/tdx/certification/v4/tcb?fmspc=90c06f000000 1' "$(cat plain/log) $(asked plain)"
check '  the same bundle as from files' cmp fetched-tdx.json tdx.json
rm -rf cache

# ---- politeness ----
rm -rf cache
mode plain busy 2 1
before=$(date +%s)
says 'a service that is busy is waited for, as it asks' 0 'complete until' make -o busy.json "${fetch[@]}"
same '  two refusals, and three answers' 5 "$(asked plain)"
check '  two seconds at least' test $(($(date +%s) - before)) -ge 2
rm -rf cache
serve busy busy 100 3600
says 'one that wants an hour is left alone' 2 "AMD's service refuses: HTTP 429, and asks to wait 3600 seconds" make -o no.json "$files/report.bin" --fetch --kds "$url"
check '  and the hint names the option that takes a file' grep -q -- '^hint: .*--certificates takes it' said
same '  after one request' 1 "$(asked busy)"
serve many plain
for i in 1 2 3; do "$assay" bundle make -q -o "many$i.json" "$files/report.bin" --fetch --kds "$url" >"many$i.said" 2>&1 & many[i]=$!; done
wait "${many[@]}"
same 'three at a time: each asks alone' '1 1 1 1' "$(cat many/at-once) $(grep -c complete many?.said | sed 's/.*://' | paste -sd' ')"

# ---- answers that are none; nothing of them is kept or written ----
bad_answer() { # NAME MODE PATTERN
	rm -rf cache
	mode plain "$2"
	says "$1" 2 "$3" make -o no.json "${fetch[@]}"
	same '  and nothing is kept or written' 'lock' "$(find cache no.json -type f 2>/dev/null | sed 's,.*/,,')"
}
bad_answer '404' 'status 404' "AMD's service has no '/vcek/v1/Milan/c1c1.*HTTP 404"
bad_answer 'another refusal' 'status 403' 'HTTP 403'
same '  is not tried again' 1 "$(asked plain)"
bad_answer 'a page of somebody else' garbage 'answers .*no certificate'
bad_answer 'more than is taken' huge 'more than 262144 bytes'
bad_answer 'a VCEK for another TCB' 'serve vcek.der other-vcek.der' 'it is not what the report needs'
mode plain 'serve crl.der old-crl.der'
says 'an old CRL' 2 "'snp.crl' \(expired\): " make -o no.json "${fetch[@]}"
quote=("$files/quote.bin" --fetch --pcs "http://127.0.0.1:$(cat plain/port)")
mode plain no-header
says 'TCB info without its issuer' 2 "without the header 'TCB-Info-Issuer-Chain'" make -o no.json "${quote[@]}"
mode plain cut-header
says 'an issuer that is cut off' 2 'is no escape' make -o no.json "${quote[@]}"
mode plain 'serve tcb-info.json other-tcb-info.json'
says "another platform's TCB info" 2 "'tdx.tcb-info' \(unfit\): .*00806f050000" make -o no.json "${quote[@]}"
mode plain 'serve tcb-info.json old-tcb-info.json'
says 'TCB info that has expired' 2 "'tdx.tcb-info' \(expired\): " make -o no.json "${quote[@]}"
check '  no bundle' test ! -e no.json
says 'a URL that is none' 2 '^assay: .*--kds' make -o no.json "$files/report.bin" --fetch --kds ftp://127.0.0.1
code=0
wait $nobody || code=$?
same 'nobody there' '2 1' "$code $(grep -c "^assay: .*no answer from 'http://127.0.0.1:9/" nobody.said)"
code=0
wait $slow || code=$?
same 'a service that is too slow' '2 1' "$code $(grep -c '^assay: .*no answer.*' slow.said)"
code=0
wait $failing || code=$?
same 'a service that fails is tried four times' '2 4' "$code $(asked failing)"
check '  and the hint says what to do' grep -q -- '^hint: .*--certificates takes it' failing.said

# ---- no network ----
alone=(unshare -n)
[ "$(id -u)" = 0 ] || alone=(unshare -rn)
if "${alone[@]}" true 2>/dev/null; then
	"${alone[@]}" "$assay" bundle make -o offline.json "$files/report.bin" "${snp[@]}" >/dev/null 2>&1
	"${alone[@]}" "$assay" bundle status offline.json >offline.said 2>&1
	check 'make and status work in an empty network namespace' grep -q '^complete: ' offline.said
	check '  with the same bytes' cmp offline.json snp.json
fi

# ---- real evidence ----
real=${ASSAY_VECTORS:-$root/../shared/vectors}/evidence
[ -d "$real" ] || real=$root/../../shared/vectors/evidence
[ -d "$real" ] || { skip vectors 'nothing at ../shared/vectors or ASSAY_VECTORS'; exit 0; }
trustee=$real/snp/confidenti.trustee__deps_verifier_snp_test
says 'a real Milan' 0 'snp.crl \(missing\)' make -o real.json "$trustee-report.bin" --certificates "$trustee-vcek.der" \
	--certificates "$real/snp-ca/confidenti.trustee__deps_verifier_src_snp_milan_ask_ark_asvk.pem"
same '  only the CRL is missing' 'snp.crl' "$("$assay" bundle status --json real.json | of '" ".join(i["label"] for i in d["items"] if i["state"] == "missing")')"
says '  its VCEK has an end' 1 '^earliest expiry: 2030-01-24T17:58:26Z' status real.json
says 'a real VLEK' 0 'snp.crl \(missing\)' make -o real.json "$trustee-vlek-report.bin" --certificates "$trustee-vlek.der" \
	--certificates "$real/snp-ca/confidenti.trustee__deps_verifier_src_snp_milan_ask_ark_asvk.pem"
says '  is fetched from nobody' 2 'only its cloud has' make -o no.json "$trustee-vlek-report.bin" --fetch --kds http://127.0.0.1:9
lunal=$real/tdx-collateral/lunal-dev.attestation-rs__crates_attestation_collateral_
says 'a real TDX quote' 0 'tdx' make -o real.json "$real/tdx/phala-netw.dcap-qvl__sample_tdx_quote" --pck-crl "${lunal}pck_crl_platform.der" \
	--root-crl "${lunal}root_ca_crl.der" --qe-identity "${lunal}td_qe_identity.json" --qe-identity-chain "${lunal}qe_identity_signing_chain.pem"
says '  was valid in its time' 1 '^valid +tdx.pck-crl' status real.json --at 2026-04-01T00:00:00Z
same '  but for TCB info' 'tdx.tcb-info tdx.tcb-info-chain' "$("$assay" bundle status --json --at 2026-04-01T00:00:00Z real.json | of '" ".join(i["label"] for i in d["items"] if i["state"] == "missing")')"
says 'a real document of Nitro' 1 '^not-needed +CRL: ' status "$real/nitro/veracruz-p.go-nitro-enclave-a__test_aws_nitro_document.cbor"
says 'a real HCL report' 1 '^missing +tpm.quote' status "$real/azure-hcl/confidenti.trustee__deps_verifier_az-snp-vtpm_hcl-report.bin"
# The README's second tour: its policy is for SEV-SNP, and what stands in its place lets the others by.
sed -n '/^## A second tour/,/^## The last tour/p' "$root/README.md" | awk '/^```yaml$/ { f = 1; next } /^```$/ { f = 0 } f' >tour.yaml
sed '/^snp:/,$d' tour.yaml >tour-any.yaml
{ cat tour-any.yaml; printf 'tdx:\n  grace-days: 7\n'; } >tour-tdx.yaml
{ cat tour-any.yaml; printf 'nitro:\n  debug: refuse\n'; } >tour-nitro.yaml
cp "$real/nitro/veracruz-p.go-nitro-enclave-a__test_aws_nitro_document.cbor" document
"$assay" bundle make document -o tour-nitro.json >/dev/null 2>&1
for kind in tdx nitro; do
	evidence=tour-nitro.json
	[ $kind = tdx ] && evidence=real.json
	taken=$(for policy in tour tour-any tour-$kind; do
		"$assay" verify $evidence --policy $policy.yaml 2>/dev/null | sed -nE 's/^  \[(.*)\] the policy takes evidence of this kind.*/\1/p'
	done | paste -sd' ')
	same "$kind: the tour's policy refuses it, without snp: or with $kind: in its place it is taken" 'FAIL n.a. ok  ' "$taken"
done
