#!/bin/bash
# TPMs (swtpm) whose certified endorsement key is of ECC (TCG template L-2, NV index 0x01c0000a): certified by swtpm's own
# authority for the key that tpm2-tools make, asked by the verifier, and what is refused. tpm2-tools judge the credentials, both
# those that are made here and those that the attester opens.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
port=$((20000 + ($$ + 4001) % 12000)) # below what the system gives to clients
nonce=$(printf "%064d" 7)
second=$((port + 20))
# shellcheck source=test/tpm.sh
. "$root/test/tpm.sh"
for need in swtpm swtpm_setup swtpm_localca tpm2_createek tpm2_activatecredential tpm2_makecredential jq curl; do
	command -v $need >/dev/null || { bad "$need is there"; exit 1; }
done
unbase64url() { tr -- '-_' '+/' | awk '{ while (length($0) % 4) $0 = $0 "="; print }' | base64 -d; }
be16() { hex "$(printf '%04x' "$1")"; }
# In a folder of its own, without a resource manager: nothing may stay loaded.
tools() { (cd "$folder" && "$@" >>tools.log 2>&1 && tpm2_flushcontext -t >>tools.log 2>&1); }

# ---- certificates ----
put() { # FILE INDEX
	tools tpm2_nvdefine "$2" -C p -s "$(stat -c %s "$1")" -a 'ppwrite|writedefine|ppread|ownerread|authread|no_da|platformcreate' &&
		tools tpm2_nvwrite "$2" -C p -i "$1"
}
number() { tpm2_print -t TPM2B_PUBLIC "$folder/ek.pub" | sed -n "s/^ *$1: *//p" | head -n 1; }
certify() { # by the authority of $folder, which swtpm_setup leaves there
	tools tpm2_createek -G ecc -c "$folder/ek.ctx" -u "$folder/ek.pub" || return
	swtpm_localca --type ek --ek "x=$(number x),y=$(number y),id=secp256r1" --dir "$folder" --configfile "$folder/ca.conf" --optsfile "$folder/options" \
		--tpm2 --decryption --tpm-spec-family 2.0 --tpm-spec-revision 164 --tpm-spec-level 0 --tpm-manufacturer id:00001014 --tpm-model swtpm \
		--tpm-version id:20170619 >"$folder/localca.log" 2>&1
}
# ecc_tpm FOLDER PORT: runs, with a certificate of its ECC key; that of its RSA key is gone. Sets $folder.
ecc_tpm() {
	folder=$1
	make_tpm "$1" && start_tpm "$1" "$2" && certify && put "$1/ek.cert" 0x01c0000a && tools tpm2_nvundefine 0x01c00002 -C p
}
check "a TPM whose certified key is of ECC" ecc_tpm "$work/b" $second || { cat "$work"/b/*.log; exit 1; }
check "is measured" measure
check "another one" ecc_tpm "$work/a" "$port" || exit 1
check "is measured, too" measure
make_log >"$work/log"
reference >"$work/values.json"
trust all "$work/a/ca/issuer.pem" "unsigned-reference-values: accept"
trust other "$work/b/ca/issuer.pem" "unsigned-reference-values: accept"
printf 'format: assay.policy/1\nname: live\ntpm:\n  ak: [credential]\n' >"$work/live.yaml"
printf 'format: assay.policy/1\nname: known\ntpm:\n  ak: [enrolled]\n' >"$work/known.yaml"
with=(--reference-values "$work/values.json" --trust "$work/all.yaml")

# ---- the machine is asked ----
check "its attester serves" serve "$work/log" || exit 1
curl -s -m 20 "$url/attest/1/identity" >"$work/identity.json"
same "the identity's key is that of tpm2-tools' template" "$(jq -r .ek_public "$work/identity.json" | base64 -d | od -An -v -tx1)" \
	"$(tail -c +3 "$work/a/ek.pub" | od -An -v -tx1)"
same "and comes with its certificate" "$(jq -r '.ek_certificates[0]' "$work/identity.json" | base64 -d | sha256sum)" "$(sha256sum <"$work/a/ek.cert")"
verdict "an honest machine is affirmed" affirming 0 "$url" "${with[@]}" --policy "$work/live.yaml" --nonce "$nonce" --save "$work/bundle.json"
says "says by what its key is known" "known in a way that the policy takes: credential"
verdict "another authority: not affirmed" contraindicated 1 "$url" --reference-values "$work/values.json" --trust "$work/other.yaml"
check "it is enrolled" "$assay" enroll "$url" --trust "$work/all.yaml" -q
verdict "a file by its key is affirmed" affirming 0 "$work/bundle.json" "${with[@]}" --policy "$work/known.yaml" --nonce "$nonce"

# ---- tpm2-tools make a credential, the attester opens it ----
name=000b$(jq -r .ak_public "$work/identity.json" | base64 -d | sha256sum | cut -d' ' -f1)
by_tools() { # NAME: a challenge with the credential for it
	local s id c
	tpm2_print -t TPM2B_PUBLIC -f pem "$work/a/ek.pub" >"$work/ek.pem" 2>/dev/null
	tpm2_makecredential -Q -T none -G ecc -u "$work/ek.pem" -s "$work/secret" -n "$1" -o "$work/made" || return
	s=$(od -An -v -tx1 "$work/made" | tr -d ' \n') # magic, version, TPM2B, TPM2B
	id=$((16#${s:16:4} * 2))
	c=$(hex "${s:20:id}" | base64 -w0)
	printf '{"format":"assay.challenge/1","role":"attester","nonce":"%s","credential":{"id_object":"%s","encrypted_secret":"%s"}}' \
		"$zero32" "$c" "$(hex "${s:$((24 + id))}" | base64 -w0)"
}
post() { curl -s -m 20 -o "$work/answer.json" -w '%{http_code}' --data-binary @- "$url/attest/1/evidence"; }
opened() { jq -r '.binding[1]' "$1" | unbase64url | jq -r .secret_digest; }
head -c 32 /dev/urandom >"$work/secret"
same "the attester opens what tpm2-tools make" "$(by_tools "$name" | post)" 200
same "and finds the secret in it" "$(opened "$work/answer.json")" "$(sha256sum <"$work/secret" | cut -d' ' -f1)"
same "not what is for another key" "$(by_tools "000b$zero32" | post)" 400

# ---- a credential is made here, tpm2-tools open it ----
credential_file() { # CHALLENGE: as tpm2-tools have them
	local id secret
	id=$(jq -r .credential.id_object "$1" | base64 -d | wc -c) secret=$(jq -r .credential.encrypted_secret "$1" | base64 -d | wc -c)
	hex badcc0de00000001
	be16 "$id" && jq -r .credential.id_object "$1" | base64 -d
	be16 "$secret" && jq -r .credential.encrypted_secret "$1" | base64 -d
}
open_by_tools() { # KIND: with the TPM of $folder, whose attester is stopped
	credential_file "$folder/challenge.json" >"$folder/credential"
	tools tpm2_createek -G "$1" -c ek.ctx &&
		tools tpm2_createprimary -C e -g sha256 -G ecc256:ecdsa-sha256:null -c ak.ctx \
			-a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|sign' &&
		tools tpm2_startauthsession --policy-session -S session.ctx && tools tpm2_policysecret -S session.ctx -c e &&
		tools tpm2_activatecredential -c ak.ctx -C ek.ctx -i credential -o opened -P session:session.ctx && tools tpm2_flushcontext session.ctx
}
judged() { # KIND
	check "$1: somebody stands between" start_between "$url" "$folder" pass || return
	verdict "$1: who passes all on is no hindrance" affirming 0 "http://127.0.0.1:$between" "${with[@]}" --policy "$work/live.yaml"
	stop_between
	stop
	check "$1: tpm2-tools open the credential that was made for it" open_by_tools "$1"
	same "$1: and find the secret that the quote names" "$(sha256sum <"$folder/opened" | cut -d' ' -f1)" "$(opened "$folder/answer.json")"
}
if ! command -v python3 >/dev/null; then
	skip tpm-ecc-between "no python3"
	exit
fi
judged ecc

# ---- another TPM answers ----
check "the first serves again" serve "$work/log"
first=$server
check "the second serves" serve "$work/log" $second
check "somebody asks one and lets the other answer" start_between "http://127.0.0.1:$((second + 10))" "$work/b" pass
refused "the other TPM does not open the credential" 2 "the TPM does not accept the credential" verify "http://127.0.0.1:$between" "${with[@]}"
stop_between
start_between "http://127.0.0.1:$((second + 10))" "$work/b" strip
verdict "nor does its evidence without one pass" contraindicated 1 "http://127.0.0.1:$between" "${with[@]}"
says "since it is by another key" "the credential was made for another key"
stop_between
start_between "$url" "$work/b" strip
verdict "the same key, but nothing that was opened" contraindicated 1 "http://127.0.0.1:$between" "${with[@]}"
says "says so" "the machine did not recover the credential's secret"
stop_between
start_between "$url" "$work/b" spoil
refused "a point that is not on the curve gets no credential" 2 "EK's point is not on the curve P-256" verify "http://127.0.0.1:$between" "${with[@]}"
refused "nor is it enrolled" 2 "EK's point is not on the curve P-256" enroll "http://127.0.0.1:$between" --trust "$work/all.yaml"
stop_between
stop
server=$first
stop

# ---- certificates of other keys ----
no_service() { # NAME TEXT
	if timeout 30 "$assay" attest serve --tpm "swtpm:host=127.0.0.1,port=$port" --port $((port + 10)) --firmware-log none --systemd-log none \
		>"$work/serve.out" 2>"$work/serve.err"; then
		bad "$1: it serves"
	else
		check "$1" grep -qF -- "$2" "$work/serve.err"
	fi
}
export TPM2TOOLS_TCTI=swtpm:host=127.0.0.1,port=$port
folder=$work/a
tools tpm2_nvundefine 0x01c0000a -C p
check "the other TPM's certificate in this one" put "$work/b/ek.cert" 0x01c0000a
no_service "a certificate of another key of ECC is not served" "the certificate in NV index 0x01c0000a is not of the endorsement key"
tools tpm2_nvundefine 0x01c0000a -C p
{ openssl genpkey -algorithm RSA -out "$work/rsa.pem" && openssl req -x509 -new -key "$work/rsa.pem" -subj /CN=x -days 9 -outform DER -out "$work/rsa.cert"; } 2>/dev/null
check "one of a key of RSA" put "$work/rsa.cert" 0x01c0000a
no_service "nor is one of a key of RSA" "the certificate in NV index 0x01c0000a is not of the endorsement key"

# ---- both kinds ----
both_tpm() {
	folder=$work/c
	make_tpm "$folder" && start_tpm "$folder" $((port + 60)) && certify && put "$folder/ek.cert" 0x01c0000a && measure && serve "$work/log" $((port + 60))
}
check "a TPM with certificates of both kinds serves" both_tpm
url=http://127.0.0.1:$((port + 70))
same "its key of RSA" "$(curl -s -m 20 "$url/attest/1/identity" | jq -r .ek_public | base64 -d | head -c 2 | od -An -tx1)" " 00 01"
trust all "$work/c/ca/issuer.pem" "unsigned-reference-values: accept"
judged rsa
