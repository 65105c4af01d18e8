#!/bin/bash
# The attester on a TPM that lies: whoever emulates one chooses every byte of its answers, and must neither crash the attester nor
# keep it busy.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
export XDG_STATE_HOME=$work/state
port=$((20000 + ($$ + 3571) % 12000)) # below what the system gives to clients
# shellcheck source=test/tpm.sh
. "$root/test/tpm.sh"
for need in swtpm swtpm_setup curl python3; do
	command -v $need >/dev/null || { bad "$need is there"; exit 1; }
done
make_tpm "$work/tpm" $port
start_tpm "$work/tpm" $port
# shellcheck disable=SC2119
make_log >"$work/log"
liar=$((port + 20))

# asked HOW...: the status of the attester's answer, of a TPM that lies so
asked() {
	python3 "$root/test/e2e/tpm_liar.py" $liar $port "$@" >"$work/liar.log" 2>&1 &
	local middle=$!
	pids+=("$middle")
	for _ in $(seq 100); do (: <"/dev/tcp/127.0.0.1/$liar") 2>/dev/null && break; sleep 0.1; done
	serve "$work/log" $liar
	curl -s -m 20 -o "$work/answer" -w '%{http_code}' -d '{"format":"assay.challenge/1","role":"attester","nonce":"'"$zero32"'"}' \
		http://127.0.0.1:$((liar + 10))/attest/1/evidence
	kill -0 $server 2>/dev/null && echo ' alive' || echo ' gone'
	stop
	kill $middle
	wait $middle 2>/dev/null
}
same 'an honest one' '200 alive' "$(asked honest)"
same 'a bank that is there twice' '200 alive' "$(asked banks 2)"
same '  is quoted once' 1 "$(grep -o '"sha256"' <(python3 -c 'import base64, json, sys; s = json.load(sys.stdin)["tpm.pcrs"][1]; print(base64.urlsafe_b64decode(s + "==").decode())' <"$work/answer") | wc -l)"
same 'sixteen times' '200 alive' "$(asked banks 16)"
same 'no bank' '500 alive' "$(asked banks 0)"
same 'an answer to another question' '500 alive' "$(asked other)"
check '  is told' grep -q 'answers something else' "$work/answer"
same 'one register, whatever is asked for' '500 alive' "$(asked registers)"
check '  is told' grep -q 'not the registers' "$work/answer"
same 'registers without values' '500 alive' "$(asked values)"
