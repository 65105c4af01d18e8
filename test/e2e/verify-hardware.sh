#!/bin/bash
# assay verify of evidence from confidential hardware, each kind from a test authority, in an empty network namespace: what a
# person reads, the EAR as JSON and as a token, what of near shapes is told, and what is refused.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache

offline() { unshare -rn "$@"; }
if ! offline true 2>/dev/null; then
	skip unshare 'this machine allows no network namespace'
	exit
fi
check 'the network namespace is empty' test "$(offline cat /proc/net/dev | grep -cE '^ *(eth|en|wl)')" = 0
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/key.pem" 2>/dev/null
openssl pkey -in "$work/key.pem" -pubout -out "$work/public.pem"

# says NAME EXIT PATTERN ARG...: assay's exit code, and a line that it prints
says() {
	local name=$1 want=$2 pattern=$3 code=0
	shift 3
	offline "$assay" "$@" >"$work/said" 2>&1 </dev/null || code=$?
	if [ "$code" = "$want" ] && grep -qE -- "$pattern" "$work/said"; then
		ok "$name"
	else
		bad "$name: exit $code, wanted $want and /$pattern/: $(grep -E 'FAIL|verdict|assay:' "$work/said" | head -5)"
	fi
}
# told NAME PATTERN...: what the last text also says
told() {
	local name=$1 pattern
	shift
	for pattern; do
		grep -qE -- "$pattern" "$work/said" || { bad "$name: it does not say /$pattern/"; return; }
	done
	ok "$name"
}

# token FILE PAYLOAD: its signature is the key's, and its payload is written there. A second reader of JWT, in a few lines.
token() {
	python3 - "$1" "$work/public.pem" "$work" "$2" <<-'EOF'
	import base64, subprocess, sys
	def read(s): return base64.urlsafe_b64decode(s + '=' * (-len(s) % 4))
	def number(b):
	    b = b.lstrip(b'\0') or b'\0'
	    b = (b'\0' if b[0] > 127 else b'') + b
	    return b'\2' + bytes([len(b)]) + b
	head, body, sig = open(sys.argv[1]).read().rstrip('\n').split('.')
	assert read(head) == b'{"alg":"ES256","typ":"JWT"}', head
	sig = read(sig)
	assert len(sig) == 64, len(sig)
	der = number(sig[:32]) + number(sig[32:])
	at = sys.argv[3]
	open(at + '/sig.der', 'wb').write(b'\x30' + bytes([len(der)]) + der)
	open(at + '/signed', 'w').write(head + '.' + body)
	subprocess.run(['openssl', 'dgst', '-sha256', '-verify', sys.argv[2], '-signature', at + '/sig.der', at + '/signed'],
	    check=True, stdout=subprocess.DEVNULL)
	open(sys.argv[4], 'wb').write(read(body))
	EOF
}

# flip FILE AT OUT: one bit of a byte
flip() {
	python3 -c 'import sys
b = bytearray(open(sys.argv[1], "rb").read())
b[int(sys.argv[2])] ^= 0x10
open(sys.argv[3], "wb").write(b)' "$@"
}

# unwritten ARG...: a verdict that cannot be written is none
unwritten() {
	local code=0
	offline "$assay" "$@" >/dev/full 2>"$work/said" || code=$?
	[ "$code" = 2 ] && grep -q 'cannot write the result' "$work/said"
}

# results KIND: the two forms of the EAR
results() {
	local kind=$1
	offline "$assay" verify "$made/evidence.json" "${with[@]}" --json >"$work/ear.json" 2>/dev/null
	same "$kind: the EAR says affirming" affirming "$(jq -r ".submods[\"$kind\"][\"ear.status\"]" "$work/ear.json")"
	same "$kind: its vector says hardware is genuine, and makes no claim of 0" '2 false' \
		"$(jq -r ".submods[\"$kind\"][\"ear.trustworthiness-vector\"] | \"\(.hardware) \(any(.[]; . == 0))\"" "$work/ear.json")"
	same "$kind: profile, nonce and policy" "tag:github.com,2023:veraison/ear 43 assay.policy/1 default" \
		"$(jq -r "\"\(.eat_profile) \(.eat_nonce | length) \(.submods[\"$kind\"][\"ear.appraisal-policy-id\"])\"" "$work/ear.json")"
	same "$kind: each claim has its reason" 8 "$(jq -r ".submods[\"$kind\"][\"assay.verdict\"].claims | length" "$work/ear.json")"
	same "$kind: every check has a result, a claim and what it is about" true "$(jq \
		".submods[\"$kind\"][\"assay.verdict\"].checks | length > 10 and all(.[]; .result and .what and .claim)" "$work/ear.json")"
	offline "$assay" verify "$made/evidence.json" "${with[@]}" --jwt "$work/key.pem" >"$work/ear.jwt" 2>/dev/null
	check "$kind: a verdict that cannot be written is none" unwritten verify "$made/evidence.json" "${with[@]}"
	check "$kind: nor is an EAR" unwritten verify "$made/evidence.json" "${with[@]}" --json
	check "$kind: nor is a token" unwritten verify "$made/evidence.json" "${with[@]}" --jwt "$work/key.pem"
	check "$kind: openssl takes the token's signature" token "$work/ear.jwt" "$work/payload"
	check "$kind: the token's payload is the EAR" cmp "$work/payload" "$work/ear.json"
}

# machine KIND REGISTERS: what holds for each kind
machine() {
	local kind=$1 register=$2
	made=$work/$kind
	mkdir -p "$made"
	"$root/build/test/$kind-maker" "$made" >"$work/log" 2>&1 || { bad "$kind: its authority: $(tail -n 2 "$work/log")"; return 1; }
	at=$(cat "$made/at") nonce=$(cat "$made/nonce")
	with=(--reference-values "$made/values.json" --trust "$made/trust.yaml" --at "$at" --nonce "$nonce")
	says "$kind: an honest machine is affirmed, and its shape found" 0 '^verdict: affirming' verify "$made/evidence.json" "${with[@]}"
	told "$kind: what runs, from which source, who vouches, what is not covered" '^What runs: image made as shape made, .*manifest' \
		'^Who vouches: unsigned claim' '^Who vouches for the machine: ' '^  not covered: ' '^In short: .*(AMD|Intel|AWS)'
	told "$kind: in a file it is not new, it answers what was given" 'answered the nonce that you gave\.'
	told "$kind: the register has its platform's name" "as predicted are $register"
	told "$kind: which shape it was" 'has the values of made'
	results "$kind"
	says "$kind: another nonce" 1 'not fresh' verify "$made/evidence.json" "${with[@]:0:6}" --nonce "${nonce//[0-9a-f]/5}"
	told "$kind: that is contraindicated" '^verdict: contraindicated'
	says "$kind: an authority that nobody trusts" 1 '^verdict: contraindicated' verify "$made/evidence.json" \
		--reference-values "$made/values.json" --at "$at" --nonce "$nonce"
	says "$kind: another shape was expected" 1 '^verdict: contraindicated' verify "$made/evidence.json" "${with[@]}" --shape other
	told "$kind: the shape that fits is named, with the input" 'that of shape made ' 'vcpus +expected 2, this fits 4'
	says "$kind: explain names it, too" 1 'vcpus +expected 2, this fits 4' explain "$made/evidence.json" --reference-values "$made/values.json" --shape other
	says "$kind: explain of what fits" 0 'nothing differs' explain "$made/evidence.json" --reference-values "$made/values.json"
	says "$kind: ten years later" 1 '^verdict: contraindicated' verify "$made/evidence.json" "${with[@]:0:4}" --nonce "$nonce" --at $((at + 315360000))
}

# raw KIND FILE PATTERN: evidence as hardware gives it, and in $work/flipped with another register; what explain says of that
raw() {
	local kind=$1 file=$made/$2
	says "$kind: raw evidence with another register fits no shape" 2 'the evidence has the values of none' verify "$work/flipped" "${with[@]}"
	told "$kind: it asks for the expected one" '^hint: .*--shape'
	says "$kind: an unsigned register explains nothing" 1 '^verdict: contraindicated' verify "$work/flipped" "${with[@]}" --shape made
	says "$kind: explain says that nothing known fits, and where to go on" 1 "$3" explain "$work/flipped" --reference-values "$made/values.json" --shape made
	says "$kind: raw evidence, and what it must carry" "$raw_exit" "$raw_says" verify "$file" "${with[@]:0:6}" \
		--report-data "$(cat "$made/report-data")" --report-data-is-fresh
	told "$kind: that makes it fresh" '\[ok  \] the evidence carries the data that the caller gave' '\[ok  \] the evidence is fresh'
	says "$kind: data of which nobody says that it is new does not" 1 'not fresh: older evidence' verify "$file" "${with[@]:0:6}" \
		--report-data "$(cat "$made/report-data")"
	told "$kind: but it is there" '\[ok  \] the evidence carries the data that the caller gave' '^verdict: contraindicated'
	says "$kind: what it does not carry" 1 'not fresh' verify "$file" "${with[@]:0:6}" --report-data 00ff
}

# asked FILE ARG...: assay verify of a machine that answers with the file, alone with it in a network namespace
asked() {
	# shellcheck disable=SC2016
	offline bash -c 'ip link set lo up && exec python3 - "$@"' - "$assay" "$@" <<-'EOF'
	import http.server, subprocess, sys, threading
	class Machine(http.server.BaseHTTPRequestHandler):
	    def answer(self, body):
	        self.send_response(200)
	        self.send_header('Content-Length', str(len(body)))
	        self.end_headers()
	        self.wfile.write(body)
	    def do_GET(self):
	        self.answer(b'{"format": "assay.identity/2", "kind": "snp"}')
	    def do_POST(self):
	        self.rfile.read(int(self.headers['Content-Length']))
	        self.answer(open(sys.argv[2], 'rb').read())
	    def log_message(self, *_):
	        pass
	server = http.server.HTTPServer(('127.0.0.1', 0), Machine)
	threading.Thread(target=server.serve_forever, daemon=True).start()
	sys.exit(subprocess.run([sys.argv[1], 'verify', f'http://127.0.0.1:{server.server_port}'] + sys.argv[3:]).returncode)
	EOF
}

# lacks PATTERN: the last text says no such thing
lacks() { ! grep -E -- "$1" "$work/said"; }

# without KIND POLICY SENTENCE: a policy's values in place of reference values
without() {
	printf 'format: assay.policy/1\nname: mine\n%s\n' "$2" >"$work/policy.yaml"
	says "$1: values of a policy alone do not affirm" 1 '^verdict: warning' verify "$made/evidence.json" --policy "$work/policy.yaml" "${with[@]:2}"
	told "$1: and it says whose they are" 'policy' '^Who vouches: nobody' '^What the registers cover: unknown'
	check "$1: nothing is said to come from reference values" lacks '\(reference values|are .* \(\)'
	says "$1: policy explain says that there is one" 0 "$3" policy explain "$work/policy.yaml"
}

if machine snp measurement; then
	raw_exit=1 raw_says='^verdict: contraindicated' # the certificates are missing
	flip "$made/report" $((0x90)) "$work/flipped"
	raw snp report 'assay explain --digest c2d2'
	without snp "snp:
  measurements: [$(cat "$made/register")]" "$(cut -c1-16 "$made/register")"
	for c in vcek ask ark; do openssl x509 -inform DER -in "$made/$c.der"; done >"$work/chain.pem"
	says 'snp: a bundle of report, certificates and list' 0 'bundle' bundle make "$made/report" --certificates "$work/chain.pem" \
		--crl "$made/crl.der" -o "$work/bundle.json"
	says 'snp: is affirmed' 0 '^verdict: affirming' verify "$work/bundle.json" "${with[@]:0:6}" \
		--report-data "$(cat "$made/report-data")" --report-data-is-fresh
	told 'snp: and new by the word of who gave the data' 'carries the data that you say was made for this exchange\.'
	says 'snp: the data is the nonce of the EAR' 0 '"eat_nonce"' verify "$work/bundle.json" "${with[@]:0:6}" \
		--report-data "$(cat "$made/report-data")" --report-data-is-fresh --json
	code=0 && asked "$made/evidence.json" "${with[@]}" >"$work/said" 2>&1 || code=$?
	check 'snp: a machine that answers itself' grep -q "^verdict: affirming" "$work/said"
	told 'snp: a nonce that was given may be an old one' 'answered the nonce that you gave\.'
	code=0 && asked "$made/unbound.json" "${with[@]}" >"$work/said" 2>&1 || code=$?
	check 'snp: what another protocol gives for the nonce is no answer' test "$code" = 2
	told 'snp: and it is said' 'evidence without a binding'
	says 'snp: as a file it is evidence of another tool' 0 '^verdict: affirming' verify "$made/unbound.json" "${with[@]}"
	says 'snp: product, chip and TCB are told' 0 'genuine AMD Milan with boot loader [0-9]+' verify "$made/evidence.json" "${with[@]}"
fi
if machine tdx 'MRTD RTMR 0 1 2'; then
	raw_exit=1 raw_says='^verdict: contraindicated' # the collateral is missing
	flip "$made/quote" $((48 + 136)) "$work/flipped"
	raw tdx quote 'assay explain --digest a0b0'
	without tdx "tdx:
  mrtd: [$(cat "$made/register")]" 'MRTD must'
	says 'tdx: TCB status and its date are told' 0 'TCB status UpToDate; platform: level of 20' verify "$made/evidence.json" "${with[@]}"
fi
if machine nitro 'PCR 0 1 2'; then
	raw_exit=0 raw_says='^verdict: affirming' # a document carries all its certificates
	first=$(grep -obUaP "$(sed 's/../\\x&/g' "$made/register")" "$made/document" | head -n 1 | cut -d: -f1)
	flip "$made/document" "$first" "$work/flipped"
	raw nitro document 'PCR 0 .*register'
	without nitro "nitro:
  pcrs:
    0: [$(cat "$made/register")]" "$(cut -c1-16 "$made/register")"
fi

# ---- an instance with a NitroTPM: that it is of another platform than an enclave stands only in its document ----
made=$work/instance
mkdir "$made"
"$root/build/test/nitro-maker" "$made" nitrotpm >"$work/log" 2>&1 || bad "NitroTPM: its authority: $(tail -n 2 "$work/log")"
with=(--reference-values "$made/values.json" --trust "$made/trust.yaml" --at "$(cat "$made/at")" --nonce "$(cat "$made/nonce")")
says 'NitroTPM: an honest instance is affirmed, and its shape found' 0 '^verdict: affirming' verify "$made/evidence.json" "${with[@]}"
told 'NitroTPM: which shape it was, and its registers' 'has the values of made' 'as predicted are PCR 0 2 3 '
without NitroTPM "nitro:
  pcrs:
    0: [$(cat "$made/register")]" "$(cut -c1-16 "$made/register")"
says 'NitroTPM: explain of what fits' 0 'nothing differs' explain "$made/evidence.json" --reference-values "$made/values.json"
jq -s '.[0].shapes = (.[1].shapes | map(.name |= "enclave-" + .)) + .[0].shapes | .[0]' "$made/values.json" "$work/nitro/values.json" >"$work/both.json"
says 'NitroTPM: of values for enclaves, too, those of an instance are its' 0 '^verdict: affirming' verify "$made/evidence.json" \
	--reference-values "$work/both.json" "${with[@]:2}"
told 'NitroTPM: and it is said which' 'has the values of made'
says 'NitroTPM: explain picks the same' 0 'nothing differs' explain "$made/evidence.json" --reference-values "$work/both.json"
says 'NitroTPM: the enclave has its own of them' 0 'has the values of enclave-made' verify "$work/nitro/evidence.json" \
	--reference-values "$work/both.json" --trust "$work/nitro/trust.yaml" "${with[@]:4}"
says 'NitroTPM: values of an enclave alone are none for it' 2 'no shape for platform tpm' verify "$made/evidence.json" \
	--reference-values "$work/nitro/values.json" "${with[@]:2}"

# ---- keys and arguments ----
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$work/p384.pem" 2>/dev/null
says 'a key of another curve signs no token' 2 'another kind: ES256 signs with the curve P-256 alone' verify "$made/evidence.json" "${with[@]}" --jwt "$work/p384.pem"
jq '.shapes[0].name as $n | .shapes += [.shapes[] | select(.name == $n) | .name = "twin"]' "$made/values.json" >"$work/twins.json"
says 'two shapes that fit: one is to be named' 2 '^hint: name the one that is expected with --shape NAME$' verify "$made/evidence.json" --reference-values "$work/twins.json"
says '  by explain, too' 2 '^hint: name the one that is expected with --shape NAME$' explain "$made/evidence.json" --reference-values "$work/twins.json"
says 'two forms of one result' 2 'two forms' verify "$made/evidence.json" "${with[@]}" --jwt "$work/key.pem" --json
says 'report data of zeroes' 2 '^hint: hardware reports zeroes' verify "$made/evidence.json" "${with[@]}" --report-data 0000
says 'no report data, and it is fresh' 2 'is said of --report-data' verify "$made/evidence.json" "${with[@]}" --report-data-is-fresh
says 'report data that is no hex' 2 'lower-case hex' verify "$made/evidence.json" "${with[@]}" --report-data xyz
says 'a shape that is not there' 2 'no shape nowhere' verify "$made/evidence.json" "${with[@]}" --shape nowhere
says 'a shape without a name' 2 'no shape' verify "$made/evidence.json" "${with[@]}" --shape ''
says 'the default policy in sentences' 0 '^Of an AMD SEV-SNP guest:' policy explain
told 'of every kind' '^Of every machine:' '^Of a machine with a TPM' '^Of an Intel TDX guest:' '^Of an AWS Nitro'
printf 'format: assay.policy/1\nname: x\ncolour: red\n' >"$work/policy.yaml"
says 'a policy that is none is not explained' 2 "line 3: .*colour" policy explain "$work/policy.yaml"
