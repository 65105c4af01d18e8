#!/bin/bash
# The attester on a software TPM, judged by tpm2-tools: the credential that they make is activated, the quote that comes
# back is good for them. Then clients that behave badly, after each of which it still answers.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

export XDG_STATE_HOME=$work/state
port=$((20000 + ($$ + 7919) % 12000)) # below what the system gives to clients
url=http://127.0.0.1:$((port + 10))
pids=()
at_end() { for p in "${pids[@]}"; do kill "$p" 2>/dev/null; done; }
for need in swtpm swtpm_setup tpm2_makecredential tpm2_checkquote tpm2_print openssl jq curl; do
	command -v $need >/dev/null || { bad "$need is there"; exit 1; }
done

# shellcheck disable=SC2001 # a pattern of two characters
unhex() { local s; s=$(cat); printf '%b' "$(sed 's/../\\x&/g' <<<"$s")"; }
hex() { od -An -v -tx1 "$@" | tr -d ' \n'; }
be16() { printf '%04x' "$1" | unhex; }
unbase64url() { tr -- '-_' '+/' | awk '{ while (length($0) % 4) $0 = $0 "="; print }' | base64 -d; }
sha() { sha256sum | cut -d' ' -f1; }

# ---- a TPM and an attester ----
mkdir -p "$work/tpm" "$work/ca"
printf '%s\n' "statedir = $work/ca" "signingkey = $work/ca/key.pem" "issuercert = $work/ca/issuer.pem" \
	"certserial = $work/ca/serial" >"$work/ca.conf"
printf '%s\n' "--platform-manufacturer Test" "--platform-version 1" "--platform-model X" >"$work/options"
printf '%s\n' "create_certs_tool = swtpm_localca" "create_certs_tool_config = $work/ca.conf" \
	"create_certs_tool_options = $work/options" >"$work/setup.conf"
check "a TPM is made" swtpm_setup --tpm2 --tpmstate "$work/tpm" --createek --create-ek-cert --lock-nvram --overwrite \
	--config "$work/setup.conf" --pcr-banks sha256,sha384 --logfile "$work/setup.log"
swtpm socket --tpm2 --tpmstate dir="$work/tpm" --server type=tcp,port=$port --ctrl type=tcp,port=$((port + 1)) \
	--flags not-need-init,startup-clear >"$work/swtpm.log" 2>&1 &
pids+=($!)
sleep 1
head -c 3000 /dev/zero | tr '\0' L >"$work/firmware.log"
drop=()
[ "$(id -u)" = 0 ] && drop=(--uid 990 --gid 990)
"$assay" attest serve --tpm "swtpm:host=127.0.0.1,port=$port" --port $((port + 10)) --firmware-log "$work/firmware.log" \
	--systemd-log none "${drop[@]}" >"$work/serve.out" 2>"$work/serve.err" &
server=$!
pids+=("$server")
for _ in $(seq 100); do grep -q http "$work/serve.out" && break; sleep 0.1; done
same "says where it listens" "$(cat "$work/serve.out")" "$url"
if [ "$(id -u)" = 0 ]; then
	same "gave up its user" "$(awk '/^Uid/ { print $2, $3, $4, $5 }' /proc/$server/status)" "990 990 990 990"
	same "gave up its groups" "$(awk '/^Groups/ { print NF }' /proc/$server/status)" 1
	same "cannot gain privileges" "$(awk '/^NoNewPrivs/ { print $2 }' /proc/$server/status)" 1
fi

alive() { [ "$(curl -s -m 20 -o /dev/null -w '%{http_code}' "$url/attest/1/identity")" = 200 ]; }
check "answers" alive

# ---- identity ----
curl -s -m 20 "$url/attest/1/identity" >"$work/identity.json"
same "identity has a format" "$(jq -r .format "$work/identity.json")" assay.identity/1
jq -r .ek_public "$work/identity.json" | base64 -d >"$work/ek.tpmt"
jq -r .ak_public "$work/identity.json" | base64 -d >"$work/ak.tpmt"
jq -r '.ek_certificates[0]' "$work/identity.json" | base64 -d >"$work/ek.der"
for key in ek ak; do
	{ be16 "$(stat -c %s "$work/$key.tpmt")"; cat "$work/$key.tpmt"; } >"$work/$key.tpm2b"
	tpm2_print -t TPM2B_PUBLIC -f pem "$work/$key.tpm2b" >"$work/$key.pem" 2>/dev/null
done
same "the certificate is the key's" "$(openssl x509 -inform DER -in "$work/ek.der" -noout -pubkey)" "$(cat "$work/ek.pem")"
check "the certificate is the authority's" openssl verify -partial_chain -ignore_critical -trusted "$work/ca/issuer.pem" \
	<(openssl x509 -inform DER -in "$work/ek.der")
same "the attestation key is what it should be" \
	"$(tpm2_print -t TPM2B_PUBLIC "$work/ak.tpm2b" | awk '/^attributes/ { a = 1 } a && /value/ { print $2; exit }')" \
	"fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|sign"

# ---- evidence for a credential that tpm2-tools make ----
nonce=$(head -c 32 /dev/urandom | hex)
zero=$(printf '0%.0s' $(seq 64))
head -c 32 /dev/urandom >"$work/secret"
name=000b$(sha <"$work/ak.tpmt")
credential() { # NAME: two lines of base64
	local s id
	tpm2_makecredential -Q -T none -G rsa -u "$work/ek.pem" -s "$work/secret" -n "$1" -o "$work/credential" || return
	s=$(hex "$work/credential") # magic, version, TPM2B, TPM2B
	id=$((16#${s:16:4} * 2))
	unhex <<<"${s:20:id}" | base64 -w0
	echo
	unhex <<<"${s:$((24 + id))}" | base64 -w0
	echo
}
challenge() { # NAME
	mapfile -t c < <(credential "$1")
	printf '{"format":"assay.challenge/1","role":"attester","nonce":"%s","credential":{"id_object":"%s","encrypted_secret":"%s"}}' \
		"$nonce" "${c[0]}" "${c[1]}"
}
post() { curl -s -m 20 -o "$work/answer" -w '%{http_code}' --data-binary @- "$url/attest/1/evidence"; }
part() { jq -r --arg l "$1" '.[$l][1]' "$work/answer" | unbase64url; }
qualifying() { # SECRET-DIGEST
	{ printf 'assay/attest/1\0attester\0'; printf '%s%s%s' "$nonce" "$1" "$zero" | unhex; } | sha
}
good_quote() { # SECRET-DIGEST
	part tpm.quote >"$work/quote" && part tpm.signature >"$work/signature" &&
		tpm2_checkquote -Q -u "$work/ak.pem" -m "$work/quote" -s "$work/signature" -q "$(qualifying "$1")"
}

same "a good credential is answered" "$(challenge "$name" | post)" 200
same "the bundle says its type" "$(jq -r .__cmwc_t "$work/answer")" tag:assay,2026:tpm-bundle/1
check "the quote is good and bound to nonce and secret" good_quote "$(sha <"$work/secret")"
other_quote() { ! good_quote "$zero" 2>/dev/null; }
check "and not to another secret" other_quote
check "the firmware's log is there as it is" cmp <(part log.firmware) "$work/firmware.log"
same "no other log is there" "$(jq 'has("log.systemd")' "$work/answer")" false
same "both banks, 16 registers each" "$(part tpm.pcrs | jq -c '[.sha256, .sha384 | length]')" '[16,16]'
same "register values are the TPM's" "$(part tpm.pcrs | jq -r '.sha256["0"], .sha384["15"]' | tr -d '0\n' | wc -c)" 0
same "the binding is said" "$(part binding | jq -r '.role + .nonce + .channel')" "attester$nonce$zero"
same "without a credential it answers too" \
	"$(printf '{"format":"assay.challenge/1","role":"attester","nonce":"%s"}' "$nonce" | post)" 200
check "and then the quote is bound to no secret" good_quote "$zero"
same "a credential for another key is refused" "$(challenge "000b$zero" | post)" 400
same "with a reason" "$(jq -r .format "$work/answer")" assay.error/1
for i in $(seq 12); do challenge "000b$zero" | post >/dev/null; done
same "and leaves nothing in the TPM" "$(challenge "$name" | post)" 200

# ---- clients that behave badly ----
code() { curl -s -m 20 -o "$work/answer" -w '%{http_code}' "$@"; }
same "unknown resource" "$(code "$url/")" 404
same "resource with more behind it" "$(code "$url/attest/1/identity/x")" 404
same "wrong method for identity" "$(code -d x "$url/attest/1/identity")" 405
same "wrong method for evidence" "$(code "$url/attest/1/evidence")" 405
same "PUT" "$(code -X PUT -d x "$url/attest/1/evidence")" 405
same "an empty challenge" "$(code -d '' "$url/attest/1/evidence")" 400
same "a challenge that is no JSON" "$(code -d 'x=y' "$url/attest/1/evidence")" 400
same "deep nesting" "$(head -c 8000 /dev/zero | tr '\0' '[' | post)" 400
same "bytes that are no text" "$(head -c 8000 /dev/urandom | post)" 400
same "a body beyond the limit" "$(head -c 20000 /dev/zero | post)" 413
same "a huge body, chunked" "$(head -c 3000000 /dev/zero | code -H 'Transfer-Encoding: chunked' --data-binary @- "$url/attest/1/evidence" | cut -c1)" 4
same "headers beyond the limit" "$(code -H "X: $(head -c 9000 /dev/zero | tr '\0' a)" "$url/attest/1/identity" | cut -c1)" 4
raw() { # TEXT: sends it, closes, waits for the end of the answer
	(exec 3<>"/dev/tcp/127.0.0.1/$((port + 10))" && printf '%b' "$1" >&3 && timeout 15 cat <&3) 2>/dev/null | head -c 100
}
refused() { [[ ! $(raw "$1" | tr -d '\0') =~ ^HTTP/1..\ 200 ]]; }
check "a request that is none" refused 'nonsense\r\n\r\n'
check "negative length" refused 'POST /attest/1/evidence HTTP/1.1\r\nContent-Length: -5\r\n\r\nhello'
check "still answers" alive

# More connections than it takes, all silent, then others that send a byte now and then: the first are closed when they
# were idle for 10 s, the others when they are 30 s old.
flood() {
	local fds=() fd
	for _ in $(seq 40); do
		exec {fd}<>"/dev/tcp/127.0.0.1/$((port + 10))" || break
		fds+=("$fd")
	done 2>/dev/null
	sleep 13
	alive
	local answered=$?
	for fd in "${fds[@]}"; do exec {fd}>&-; done
	return $answered
}
check "silent connections are closed, others answered" flood
slow() {
	local fd
	exec {fd}<>"/dev/tcp/127.0.0.1/$((port + 10))"
	for i in $(seq 45); do
		{ printf G >&"$fd"; } 2>/dev/null || return 0
		[ "$i" -lt 45 ] && sleep 1
	done
	return 1
}
trap '' PIPE
check "a connection that trickles is closed" slow
check "answers in the end" alive
kill -0 "$server" 2>/dev/null
same "lives" $? 0
kill -TERM "$server"
wait "$server"
same "stops in order" $? 0
same "had nothing to complain about" "$(grep -cv '^WARNING\|^ERROR\|^evidence of kind tpm$' "$work/serve.err" || true)" 0
