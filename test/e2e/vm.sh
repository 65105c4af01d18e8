#!/bin/bash
# Machines of `assay run` without an image of ours: OVMF's own shell runs a script from the disk. What is started is
# stopped, whatever ends it; what is wrong is said.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

export XDG_STATE_HOME="$work/state" TMPDIR=$work
out=$work/out
mkdir -p "$out/firmware"
for need in qemu-system-x86_64 swtpm_setup mformat mcopy openssl; do
	command -v $need >/dev/null || { bad "$need is there"; exit 1; }
done
cp /usr/share/OVMF/OVMF_CODE_4M.fd "$out/firmware/OVMF_CODE.fd"
cp /usr/share/OVMF/OVMF_VARS_4M.fd "$out/firmware/OVMF_VARS.fd"
chmod 644 "$out"/firmware/*

disk() { # LINE...: a disk whose startup script has these lines
	rm -f "$out/disk.img"
	truncate -s 8M "$out/disk.img"
	printf '%s\r\n' "$@" >"$work/startup.nsh"
	mformat -i "$out/disk.img" :: && mcopy -i "$out/disk.img" "$work/startup.nsh" ::/startup.nsh
}
refuses() { # NAME CODE TEXT ARG...
	local name=$1 want=$2 text=$3 got
	shift 3
	"$assay" run "$@" >"$work/said" 2>"$work/said.err"
	got=$?
	same "$name: exit" "$got" "$want"
	check "$name: says '$text'" grep -q -- "$text" "$work/said.err"
}

refuses "no image" 2 "make an image with assay build" "$work/nothing" -q
disk 'echo assay-test: hello' 'reset -s'
refuses "a bad port" 2 "want a number from 1" "$out" --port 0
refuses "a bad time" 2 "want a number from 1" "$out" --timeout 1h
refuses "no firmware" 2 "cannot read '$work/none.fd'" "$out" --firmware-code "$work/none.fd" -q
refuses "an argument that QEMU does not know" 2 "no-such-thing" "$out" --qemu-arg -no-such-thing -q

# ---- a guest that stops ----
plain() { ! LC_ALL=C grep -q '[^ -~]' "$1"; }
issued() { openssl verify -CAfile "$1" "$2" >/dev/null; }
before=$(cat "$out/disk.img" "$out"/firmware/* | sha256sum)
refuses "a guest that powers off" 2 "stopped before its attester answered; the last it printed: Reset" "$out" \
	--state "$work/a state" --trust-out "$work/trust.yaml"
check "its console is shown" grep -q 'assay-test: hello' "$work/said.err"
check "as plain text" plain "$work/said.err"
script -qec "$(printf '%q ' "$assay" run "$out" --state "$work/a state")" /dev/null </dev/null >"$work/said.tty"
check "on a terminal it is there" grep -q 'assay-test: hello' "$work/said.tty"
check "as one line that changes" test "$(wc -l <"$work/said.tty")" -le 4
check "and it is said how to keep it" grep -q '^hint: .*2>FILE, without -q, keeps all' "$work/said.tty"
same "nothing is written to the image" "$(cat "$out/disk.img" "$out"/firmware/* | sha256sum)" "$before"
root_pem=$(sed -n 's/^    certificate: "\(.*\)"$/\1/p' "$work/trust.yaml")
check "the trust file names the root" openssl x509 -in "$root_pem" -noout
check "which issued the issuer" issued "$root_pem" "$work/a state/ca/issuercert.pem"
same "and says that it is emulated" "$(grep -c 'emulated: true' "$work/trust.yaml")" 1
key=$(openssl x509 -in "$root_pem" -noout -pubkey)

# ---- a guest that stays ----
disk 'echo assay-test: staying'
children() { # PID: its children and theirs
	local p
	for p in $(cat /proc/"$1"/task/*/children 2>/dev/null); do echo "$p"; children "$p"; done
}
start() {
	"$assay" run "$out" --state "$work/a state" >"$work/run.out" 2>"$work/run.err" &
	machine=$!
	for _ in $(seq 300); do grep -q 'assay-test: staying' "$work/run.err" && break; sleep 0.2; done
	mapfile -t pids < <(children $machine)
}
gone() {
	for _ in $(seq 50); do
		local p left=
		for p in "${pids[@]}"; do [ -e "/proc/$p/exe" ] && readlink -q "/proc/$p/exe" >/dev/null && left=$p; done
		[ -z "$left" ] && return
		sleep 0.1
	done
	return 1
}
start
same "the machine and its TPM run" ${#pids[@]} 2
refuses "a TPM that is in use" 2 "another machine uses the software TPM" "$out" --state "$work/a state"
same "the authority is the same as before" "$(openssl x509 -in "$root_pem" -noout -pubkey)" "$key"
kill -INT $machine
wait $machine
same "interrupted: exit" $? 0
check "interrupted: all is gone" gone
same "nothing answered, so no address was printed" "$(wc -c <"$work/run.out")" 0
start
disown $machine
kill -KILL $machine
wait $machine 2>/dev/null
check "killed: all is gone" gone
refuses "an attester that does not answer" 2 "did not answer within 3 s" "$out" --timeout 3 --state "$work/a state"

# ---- registers that a guest prints ----
a=$(printf '0%.0s' $(seq 63))a
disk "echo assay-observe: pcr sha256 0 $a" "echo assay-observe: pcr sha384 0 $a${a:32}" 'reset -s'
observe() { "$root/build/test/observe-boot" "$out/firmware/OVMF_CODE.fd" "$out/firmware/OVMF_VARS.fd" "$out/disk.img"; }
same "PCR 0 is observed" "$(observe)" "sha256 0 $a
sha384 0 $a${a:32}"
disk "echo assay-observe: pcr sha256 0 $a" 'reset -s'
observe 2>"$work/said.err"
same "one bank is not enough" $? 1
check "and it is said" grep -q 'did not print PCR 0 in both banks' "$work/said.err"
same "nothing temporary is left" "$(find "$work" -maxdepth 1 -name 'assay-*' | wc -l)" 0

# ---- an ordinary user ----
if [ "$(id -u)" = 0 ]; then
	disk 'echo assay-test: hello' 'reset -s'
	mkdir "$work/home"
	chown 65534:65534 "$work/home"
	chmod 755 "$work" "$out" "$out/firmware"
	chmod 644 "$out/disk.img"
	setpriv --reuid=65534 --regid=65534 --clear-groups env -i HOME="$work/home" PATH="$PATH" TMPDIR="$work/home" \
		"$assay" run "$out" >"$work/said" 2>"$work/said.err"
	check "an ordinary user runs a machine" grep -q 'assay-test: hello' "$work/said.err"
	check "with a TPM below the own home" test -e "$work/home/.local/state/assay/vm/ready"
fi
