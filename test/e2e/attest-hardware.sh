#!/bin/bash
# The attester on hardware: configfs-tsm as a file system in user space (SNP, TDX), Nitro's security module behind its ioctl,
# and Azure's NV indexes in a software TPM. Each behaves as the kernel documents it, and what the hardware would sign is
# signed by authorities of the tests' own. What comes out is judged by jq, sha512sum and tpm2-tools.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

PATH=$PATH:/usr/sbin:/sbin
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
python='' makers=$root/build/test
port=$((20000 + ($$ + 3571) % 12000)) # below what the system gives to clients
url=http://127.0.0.1:$((port + 10))
pids=()
at_end() {
	for p in "${pids[@]}"; do kill "$p" 2>/dev/null; done
	for m in "$work"/*/mount; do mountpoint -q "$m" && umount -l "$m"; done
}
for need in swtpm tpm2_nvdefine tpm2_checkquote jq curl sha512sum; do
	command -v $need >/dev/null || { bad "$need is there"; exit 1; }
done
for p in python3 /usr/bin/python3; do "$p" -c '
try: import fusepy
except ImportError: import fuse' 2>/dev/null && python=$p; done
drop=()
[ "$(id -u)" = 0 ] && drop=(--uid 990 --gid 990)

# shellcheck disable=SC2001 # a pattern of two characters
unhex() { local s; s=$(cat); printf '%b' "$(sed 's/../\\x&/g' <<<"$s")"; }
hex() { od -An -v -tx1 "$@" | tr -d ' \n'; }
unbase64url() { tr -- '-_' '+/' | awk '{ while (length($0) % 4) $0 = $0 "="; print }' | base64 -d; }
zero=$(printf '0%.0s' $(seq 64))
nonce=$(head -c 32 /dev/urandom | hex)
bound() { { printf 'assay/attest/1\0attester\0'; printf '%s%s%s' "$nonce" "$zero" "$zero" | unhex; } | "sha$1sum" | cut -d' ' -f1; }
part() { jq -r --arg l "$1" '.[$l][1]' "$work/answer" | unbase64url; }
post() { curl -s -m 20 -o "$work/answer" -w '%{http_code}' --data-binary @- "$url/attest/1/evidence"; }
challenge() { printf '{"format":"assay.challenge/1","role":"attester","nonce":"%s"%s}' "$nonce" "${1:-}"; }
fault() { jq -r .error "$work/answer"; }

serve() { # ARG...: returns when it answers, or with what it said
	rm -f "$work/serve.out"
	"$assay" attest serve --port $((port + 10)) --tpm "swtpm:host=127.0.0.1,port=$port" --firmware-log none --systemd-log none \
		"${drop[@]}" "$@" >"$work/serve.out" 2>"$work/serve.err" &
	server=$!
	pids+=("$server")
	for _ in $(seq 100); do
		grep -qs http "$work/serve.out" && return
		kill -0 "$server" 2>/dev/null || break
		sleep 0.1
	done
	wait "$server" || { cat "$work/serve.err"; return 1; }
}
stop() { kill "$server" && wait "$server"; }
ends() { # by itself, within five seconds; with its exit code
	for _ in $(seq 50); do kill -0 "$server" 2>/dev/null || break; sleep 0.1; done
	kill "$server" 2>/dev/null
	wait "$server"
}
refuses() { # TEXT ARG...: does not start, and says this
	local text=$1
	shift
	timeout 20 "$assay" attest serve --port $((port + 10)) --tpm "swtpm:host=127.0.0.1,port=$port" --firmware-log none "$@" \
		>/dev/null 2>"$work/refused"
	[ $? = 2 ] && grep -qF -- "$text" "$work/refused" || { cat "$work/refused"; return 1; }
}
kind_is() { # KIND: in what it prints, in the identity, and in the bundle
	grep -qx "evidence of kind $1" "$work/serve.err" &&
		[ "$(curl -s -m 20 "$url/attest/1/identity" | jq -c .)" = "{\"format\":\"assay.identity/2\",\"kind\":\"$1\"}" ] &&
		[ "$(jq -r .__cmwc_t "$work/answer")" = "tag:assay,2026:$1-bundle/1" ]
}
same_binding() { [ "$(part binding | jq -r '.role + .nonce + .secret_digest + .channel')" = "attester$nonce$zero$zero" ]; }
# What a verifier of this project gets from the machine: it saves the bundle before it appraises it. Without reference values
# there is a verdict, too.
asks() { # KIND
	"$assay" verify "$url" --nonce "$nonce" --save "$work/saved" --reference-values "$work/reference.json" -q >/dev/null 2>"$work/verify.err"
	[ "$(jq -r .__cmwc_t "$work/saved")" = "tag:assay,2026:$1-bundle/1" ] || { cat "$work/verify.err"; return 1; }
	"$assay" verify "$url" -q >"$work/verdict" 2>"$work/verify.err"
	[ $? = 1 ] && grep -q '^verdict: contraindicated$' "$work/verdict" || { cat "$work/verify.err"; return 1; }
}
{
	printf '{"format":"assay.reference-values/1","image":"made","manifest_sha256":"%s",' "$zero"
	printf '"origins":{"source":1,"reproduced":1,"distribution":2,"opaque":0},"shapes":[{"name":"qemu-vtpm","platform":"tpm",'
	printf '"inputs":[],"banks":["sha256"],"firmware_only":false,"coverage":[],"registers":[],"events":[]}]}\n'
} >"$work/reference.json"
credential=',"credential":{"id_object":"AAAA","encrypted_secret":"AAAA"}'

# ---- configfs-tsm ----
mount_tsm() { # KIND PROVIDER [TABLE]
	mkdir -p "$work/$1/mount"
	: >"$work/$1/control"
	: >"$work/$1/log"
	"$python" "$root/test/e2e/tsm_fs.py" "$work/$1/mount" "$2" "$work/$1/control" "$work/$1/log" "${@:3}" -- \
		"$makers/report-maker-$1" "$work/$1" >"$work/$1/fs.log" 2>&1 &
	pids+=($!)
	for _ in $(seq 600); do mountpoint -q "$work/$1/mount" && return; sleep 0.1; done
	cat "$work/$1/fs.log"
	return 1
}
# Makes /dev/fuse where a container lacks only the file.
[ -e /dev/fuse ] || { [ "$(id -u)" = 0 ] && mknod /dev/fuse c 10 229 2>/dev/null; }
if [ -z "$python" ]; then
	bad "python3-fusepy is there"
elif ! { : <>/dev/fuse; } 2>/dev/null || [ "$(id -u)" != 0 ]; then
	skip attest-fuse "no file systems in user space here; test-attest_tsm has the kernel's side in itself"
else
	chmod 755 "$work"
	check "SNP: a kernel with the provider sev_guest" mount_tsm snp sev_guest "$work/snp/table" || exit 1
	tsm=$work/snp/mount control=$work/snp/control log=$work/snp/log
	check "  is found by itself" serve --tsm "$tsm"
	same "  a challenge is answered" "$(challenge | post)" 200
	check "  by a bundle of kind snp, as identity and program say" kind_is snp
	same "  with a report" "$(part snp.report | wc -c)" 1184
	same "  over SHA-512 of the binding" "$(part snp.report | hex -j 80 -N 64)" "$(bound 512)"
	check "  the binding is said" same_binding
	check "  the host's certificates are with it" cmp <(part snp.certificate-table) "$work/snp/table"
	same "  nothing else is in it" "$(jq -c 'keys' "$work/answer")" '["__cmwc_t","binding","snp.certificate-table","snp.report"]'
	check "  a verifier asks without a credential and takes the bundle" asks snp
	same "  the same bytes, but for report and binding of another nonce" "$(jq -c 'keys' "$work/saved")" "$(jq -c keys "$work/answer")"
	same "  a credential is refused" "$(challenge "$credential" | post)" 400
	check "  with what to do" grep -q "ask without a credential" <(fault)
	refused_enroll() { ! "$assay" enroll "$url" -q 2>"$work/said" && grep -q "needs no enrolment" "$work/said"; }
	check "  nothing to enrol" refused_enroll
	same "  the service is not root" "$(awk '/^Uid/ { print $2, $3, $4, $5 }' "/proc/$server/status")" "990 990 990 990"
	helper=$(pgrep -P "$server")
	same "  who asks the kernel is one process" "$(wc -w <<<"$helper")" 1
	same "  no entry stays" "$(ls "$tsm" | wc -l)" 0
	same "  each made was removed" "$(grep -c ^mkdir "$log")" "$(grep -c ^rmdir "$log")"

	echo busy=3 >"$control"
	same "  a busy kernel is asked again" "$(challenge | post)" 200
	echo busy=1000 >"$control"
	same "  but not for ever" "$(challenge | post)" 500
	check "  and it is said" grep -q "'outblob': Device or resource busy" <(fault)
	echo interfere=2 >"$control"
	same "  another that writes into our entry: all anew" "$(challenge | post)" 200
	same "  and still over the binding" "$(part snp.report | hex -j 80 -N 64)" "$(bound 512)"
	echo interfere=1000 >"$control"
	same "  again and again: no report" "$(challenge | post)" 500
	check "  and it is said" grep -q "'generation' went from 0 to " <(fault)
	echo floor=2 >"$control"
	same "  a guest above level 0 asks for its own level" "$(challenge | post)" 200
	same "  which the kernel saw" "$(tail -n 3 "$log" | grep -c '^privlevel 2')" 1
	echo error=5 >"$control"
	same "  an error of the hardware is the machine's fault" "$(challenge | post)" 500
	check "  and named" grep -q "'outblob': Input/output error" <(fault)
	echo none >"$control"
	same "  a provider that went away, too" "$(challenge | post)" 500
	check "  and named" grep -q "has no provider of reports" <(fault)
	: >"$control"
	same "  then all is well again" "$(challenge | post)" 200
	same "  no entry stays" "$(ls "$tsm" | wc -l)" 0
	same "  each made was removed" "$(grep -c ^mkdir "$log")" "$(grep -c ^rmdir "$log")"
	for _ in 1 2 3 4 5 6; do challenge | curl -s -m 30 -o /dev/null -w '%{http_code}\n' --data-binary @- "$url/attest/1/evidence" & done >"$work/codes"
	for _ in $(seq 100); do [ "$(grep -c . "$work/codes")" = 6 ] && break; sleep 0.1; done
	same "  several at a time" "$(sort -u "$work/codes")" 200
	stop
	same "  stops in order" $? 0
	check "  serves again" serve --tsm "$tsm"
	helper=$(pgrep -P "$server")
	kill -STOP "$helper"
	challenge | post >"$work/code" &
	asking=$!
	sleep 0.5
	kill -9 "$helper"
	wait "$asking"
	same "  who asks the kernel dies: who waits for it is told" "$(cat "$work/code")" 500
	check "  and of what" grep -q "the process that asks the hardware has ended" <(fault)
	ends
	same "  and the service ends, as one that failed" $? 2
	check "  and says why" grep -q "^assay: .*the process that asks the hardware has ended" "$work/serve.err"
	check "  as snp, by name" serve --tsm "$tsm" --platform snp
	kill -9 "$(pgrep -P "$server")"
	ends
	same "  it ends also when nobody asks" $? 2
	check "  and is served again" serve --tsm "$tsm" --platform snp
	helper=$(pgrep -P "$server")
	kill -9 "$server"
	for _ in $(seq 50); do kill -0 "$helper" 2>/dev/null || break; sleep 0.1; done
	gone() { ! kill -0 "$helper" 2>/dev/null; }
	check "  killed, nothing of it stays" gone

	check "  not as tdx" refuses "gives evidence of kind snp, not tdx" --tsm "$tsm" --platform tdx
	echo provider=arm_cca_guest >"$control"
	check "  another provider is refused by its name" refuses "'arm_cca_guest', want sev_guest or tdx_guest" --tsm "$tsm"
	echo none >"$control"
	check "  no provider, by name" refuses "has no provider of reports" --tsm "$tsm" --platform snp
	check "  and nothing else there: all that was looked for" refuses "no provider of reports in '$tsm', no '/nowhere', and no TPM" --tsm "$tsm" --nsm /nowhere
	: >"$control"
	unprivileged() { setpriv --reuid 990 --regid 990 --clear-groups "$assay" attest serve --tsm "$tsm" --port 0 >/dev/null 2>"$work/refused"; [ $? = 2 ] && grep -q "only root may" "$work/refused"; }
	check "  not root from the start: what to do" unprivileged

	check "TDX: a kernel with the provider tdx_guest" mount_tsm tdx tdx_guest || exit 1
	head -c 5000 /dev/urandom >"$work/ccel"
	check "  is found by itself" serve --tsm "$work/tdx/mount" --cc-log "$work/ccel"
	same "  a challenge is answered" "$(challenge | post)" 200
	check "  by a bundle of kind tdx, as identity and program say" kind_is tdx
	same "  with a quote over SHA-512 of the binding" "$(part tdx.quote | hex -j 568 -N 64)" "$(bound 512)"
	check "  the binding is said" same_binding
	check "  the event log is with it" cmp <(part log.cc) "$work/ccel"
	same "  nothing else is in it" "$(jq -c 'keys' "$work/answer")" '["__cmwc_t","binding","log.cc","tdx.quote"]'
	check "  a verifier takes the bundle" asks tdx
	same "  no entry stays" "$(ls "$work/tdx/mount" | wc -l)" 0
	stop
fi
check "no configfs-tsm, by name: what to do" refuses "there is no '/nowhere/tsm'" --tsm /nowhere/tsm --platform tdx
check "  in the hint" grep -q "hint: is configfs mounted" "$work/refused"

# ---- Nitro ----
: >"$work/nsm.control"
touch "$work/nsm"
[ "$(id -u)" = 0 ] && chmod 600 "$work/nsm"
mkdir -p "$work/nitro"
"${python:-python3}" "$root/test/e2e/nsm_module.py" "$work/nsm.socket" "$work/nsm.control" -- "$makers/report-maker-nitro" "$work/nitro" >"$work/nsm.log" 2>&1 &
pids+=($!)
for _ in $(seq 50); do [ -S "$work/nsm.socket" ] && break; sleep 0.1; done
serve_nitro() { LD_PRELOAD=$makers/nsm-device.so NSM_DEVICE=$work/nsm.socket serve --tsm /nowhere --nsm "$work/nsm" "$@"; }
check "Nitro: a kernel with a security module is found by itself" serve_nitro
same "  a challenge is answered" "$(challenge | post)" 200
check "  by a bundle of kind nitro, as identity and program say" kind_is nitro
nonce_in() { part nitro.document | hex | grep -q "656e6f6e63655840$(bound 512)"; } # "nonce", 64 bytes
check "  with a document whose nonce is SHA-512 of the binding" nonce_in
check "  the binding is said" same_binding
same "  nothing else is in it" "$(jq -c 'keys' "$work/answer")" '["__cmwc_t","binding","nitro.document"]'
check "  a verifier takes the bundle" asks nitro
echo error >"$work/nsm.control"
same "  the module's error is the machine's fault" "$(challenge | post)" 500
check "  and named" grep -q "the security module refuses: InvalidOperation" <(fault)
echo short >"$work/nsm.control"
same "  half a response is none" "$(challenge | post)" 500
echo nothing >"$work/nsm.control"
same "  nor is nothing" "$(challenge | post)" 500
check "  and named" grep -q "the security module does not answer" <(fault)
: >"$work/nsm.control"
same "  then all is well again" "$(challenge | post)" 200
stop
check "no /dev/nsm, by name" refuses "cannot use '/nowhere'" --nsm /nowhere --platform nitro

# ---- Azure ----
mkdir "$work/tpm"
swtpm_setup --tpm2 --tpmstate "$work/tpm" --overwrite --pcr-banks sha256,sha384 >"$work/setup.log" 2>&1
swtpm socket --tpm2 --tpmstate dir="$work/tpm" --server type=tcp,port=$port --ctrl type=tcp,port=$((port + 1)) \
	--flags not-need-init,startup-clear >"$work/swtpm.log" 2>&1 &
pids+=($!)
for _ in $(seq 50); do (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done
sleep 0.3
export TPM2TOOLS_TCTI=swtpm:host=127.0.0.1,port=$port
check "a TPM alone is found by itself" serve --tsm /nowhere --nsm /nowhere
same "  and is of kind tpm" "$(cat "$work/serve.err")" "evidence of kind tpm"
same "  whose identity is as ever" "$(curl -s -m 20 "$url/attest/1/identity" | jq -r .format)" assay.identity/1
stop
check "  not as azure" refuses "the TPM has no NV index 0x01400001" --platform azure
make_ak() {
	tpm2_createprimary -Q -C e -c "$work/primary" && tpm2_flushcontext -t &&
		tpm2_create -Q -C "$work/primary" -G rsa2048:rsassa-sha256:null -u "$work/ak.pub" -r "$work/ak.priv" \
			-a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|sign' &&
		tpm2_flushcontext -t && tpm2_load -Q -C "$work/primary" -u "$work/ak.pub" -r "$work/ak.priv" -c "$work/ak" && tpm2_flushcontext -t &&
		tpm2_evictcontrol -Q -C o -c "$work/ak" 0x81000003 && tpm2_readpublic -Q -c 0x81000003 -f pem -o "$work/ak.pem" &&
		tpm2_flushcontext -t
}
# A report in its shape; only its place is asked for here. swtpm's indexes hold at most 2048 bytes, Azure's 2600.
make_hcl() { # USER-DATA
	{ printf HCLA; head -c 1228 /dev/zero; printf '{"user-data":"%s"}' "$1"; head -c 2048 /dev/zero; } | head -c 2048 >"$work/hcl"
	tpm2_nvwrite -Q -C o -i "$work/hcl" 0x01400001
}
fill() { tpm2_nvdefine -Q -C o -s 2048 -a 'ownerread|ownerwrite' 0x01400001 && make_hcl "$zero$zero"; }
check "Azure: a TPM with a report in its NV" fill
check "  without the key: not served" refuses "cannot find the attestation key at 0x81000003" --tsm /nowhere --nsm /nowhere
check "  and the key at 0x81000003" make_ak
check "  is found by itself" serve --tsm /nowhere --nsm /nowhere
same "  a challenge is answered" "$(challenge | post)" 200
check "  by a bundle of kind azure, as identity and program say" kind_is azure
check "  the report is there as it is" cmp <(part azure.hcl-report) "$work/hcl"
good_quote() {
	part tpm.quote >"$work/quote" && part tpm.signature >"$work/signature" &&
		tpm2_checkquote -Q -u "$work/ak.pem" -m "$work/quote" -s "$work/signature" -g sha256 -q "$(bound 256)"
}
check "  the quote is the key's, over SHA-256 of the binding" good_quote
same "  RSASSA with SHA-256" "$(part tpm.signature | hex -N 4)" 0014000b
check "  the binding is said" same_binding
same "  nothing else is in it" "$(jq -c 'keys' "$work/answer")" '["__cmwc_t","azure.hcl-report","binding","tpm.ak-public","tpm.pcrs","tpm.quote","tpm.signature"]'
same "  a credential is refused" "$(challenge "$credential" | post)" 400
check "  a verifier takes the bundle" asks azure
stop
nonce=$(head -c 32 /dev/urandom | hex)
user_data() { tpm2_nvdefine -Q -C o -s 64 -a 'ownerread|ownerwrite' 0x01400002; }
check "  where the report takes the guest's own data" user_data
check "  it is served, too" serve --tsm /nowhere --nsm /nowhere --platform azure
started=$SECONDS
same "  a report that does not change is waited for, and sent as it is" "$(challenge | post)" 200
bounded() { [ $((SECONDS - started)) -le 10 ]; }
check "  for a bounded time" bounded
stop
same "  SHA-512 of the binding is what was written" "$(tpm2_nvread -C o -s 64 0x01400002 | hex)" "$(bound 512)"
make_hcl "$(bound 512 | tr a-f A-F)"
serve --tsm /nowhere --nsm /nowhere
started=$SECONDS
same "  a report that shows it is sent at once" "$(challenge | post)" 200
at_once() { [ $((SECONDS - started)) -le 2 ]; }
check "  at once" at_once
stop

# ---- both ----
if mountpoint -q "$work/snp/mount"; then
	check "a TPM beside configfs-tsm" serve --tsm "$work/snp/mount" --nsm "$work/nsm"
	same "  hardware comes first" "$(cat "$work/serve.err")" "evidence of kind snp"
	stop
	check "  the TPM, by name" serve --tsm "$work/snp/mount" --platform tpm
	same "  is taken" "$(cat "$work/serve.err")" "evidence of kind tpm"
	stop
fi
check "a platform that there is not" refuses "platform is 'sgx', want auto, tpm, snp, tdx, nitro or azure" --platform sgx
