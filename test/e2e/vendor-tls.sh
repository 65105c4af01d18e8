#!/bin/bash
# The vendors at their own addresses: assay bundle make --fetch asks kdsintf.amd.com and Intel's two hosts over TLS. A proxy that
# takes every name to a loopback port stands for the network, and an authority that only a mount namespace trusts for the
# world's; what the proxy itself says counts for nothing.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
for tool in python3 openssl unshare; do
	command -v $tool >/dev/null || { skip vendor-tls "no $tool"; exit 0; }
done
authorities=/etc/ssl/certs/ca-certificates.crt
[ -f $authorities ] || { skip vendor-tls "no $authorities"; exit 0; }
files=$work/files servers=()
mkdir "$files"
"$root/build/test/collateral-maker" "$files" "$(date +%s)" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
mkdir -p "$work/trusting/assay" && cp "$files/trust.yaml" "$work/trusting/assay"
export XDG_CONFIG_HOME=$work/trusting
at_end() { [ ${#servers[@]} = 0 ] || kill "${servers[@]}" 2>/dev/null; }
cd "$work" || exit 1

# key NAME SUBJECT ARG...: a key and its certificate
key() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" -days 2 -subj "/CN=$2" "${@:3}" 2>>log; }
key authority 'nobody but this test' -addext basicConstraints=critical,CA:TRUE
names=subjectAltName=DNS:kdsintf.amd.com,DNS:api.trustedservices.intel.com,DNS:certificates.trustedservices.intel.com
key vendors vendors -CA authority.pem -CAkey authority.key -addext $names -addext basicConstraints=CA:FALSE
key other other -CA authority.pem -CAkey authority.key -addext subjectAltName=DNS:other.example -addext basicConstraints=CA:FALSE

# started FOLDER COMMAND...: it runs, and its port stands in FOLDER/port
started() {
	"${@:2}" &
	servers+=($!)
	for _ in $(seq 100); do [ -f "$1/port" ] && return; sleep 0.05; done
	bad "no port in $1"
}
# serve NAME CERTIFICATE: the vendors with this certificate, behind a proxy of their own, which is in $proxy
serve() {
	mkdir "$1" "$1/proxy" && cp "$files"/* "$1" && echo at-once >"$1/mode" && : >"$1/log" && : >"$1/proxy/log"
	started "$1" python3 "$root/test/e2e/vendor_server.py" "$work/$1" "$work/$2.pem" "$work/$2.key"
	started "$1/proxy" python3 "$root/test/e2e/vendor_proxy.py" "$work/$1/proxy" "$(cat "$1/port")"
	proxy=http://127.0.0.1:$(cat "$1/proxy/port")
}
# make NAME EVIDENCE AUTHORITIES: a bundle by way of $proxy, where these are the world's authorities; what it says is in NAME.said
make() {
	local alone=(unshare -m)
	[ "$(id -u)" = 0 ] || alone=(unshare -rm)
	# shellcheck disable=SC2016
	https_proxy=$proxy no_proxy='' XDG_CACHE_HOME=$work/cache-$1 "${alone[@]}" \
		sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$3" $authorities \
		"$assay" bundle make -o "$1.json" "$2" --fetch --timeout 10 >"$1.said" 2>&1
}
# refused NAME EVIDENCE AUTHORITIES PATTERN: it says so, ends with 2, and there is no bundle
refused() {
	local code=0
	make "$1" "$2" "$3" || code=$?
	if [ $code = 2 ] && grep -qE -- "^assay: .*$4" "$1.said" && [ ! -e "$1.json" ]; then ok "$1"; else bad "$1: exit $code, wanted 2; $(head -4 "$1.said")"; fi
}
tell() { echo "$2" >"$1/mode" && : >"$1/log"; }

serve right vendors
check 'a report' make snp "$files/report.bin" authority.pem
check '  is complete' grep -q '^snp.json: complete until ' snp.said
check 'a quote' make tdx "$files/quote.bin" authority.pem
check '  is complete' grep -q '^tdx.json: complete until ' tdx.said
same '  these were asked, and nobody else' 'api.trustedservices.intel.com:443 certificates.trustedservices.intel.com:443 kdsintf.amd.com:443' \
	"$(sort -u right/proxy/log | tr '\n' ' ' | sed 's/ $//')"
same '  seven things' 7 "$(wc -l <right/log)"
tell right no-header
refused 'the header of a proxy is not the service'\''s' "$files/quote.bin" authority.pem "without the header 'TCB-Info-Issuer-Chain'"
: >right/log
refused 'an authority that the machine does not know' "$files/report.bin" $authorities "no answer from 'https://kdsintf.amd.com/.*certificate"
same '  is asked once' 1 "$(grep -c '^asking' 'an authority that the machine does not know.said')"
same '  and not again' 0 "$(grep -c 'again in' 'an authority that the machine does not know.said')"
check '  what to do' grep -q "^hint: check this machine's clock, .*ca-certificates" 'an authority that the machine does not know.said'
same '  it was told nothing' 0 "$(wc -l <right/log)"
serve wrong other
refused 'a certificate for another name' "$files/report.bin" authority.pem "no answer from 'https://kdsintf.amd.com/.*(certificate|host)"
same '  it was told nothing, either' 0 "$(wc -l <wrong/log)"
serve refusing vendors
touch refusing/proxy/refuses
refused 'a proxy that refuses' "$files/quote.bin" authority.pem "no answer from 'https://api.trustedservices.intel.com/.*403"
