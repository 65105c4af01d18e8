#!/bin/bash
# The userland from source: libc, busybox, libcrypto, libevent, tpm2-tss, PID 1 and the attester, each built twice.
# shellcheck source=/dev/null
. "$(dirname "$0")/frame"
userland=musl,busybox-config,busybox,openssl,libevent,tpm2-tss,init,attester
fetched

# Built again on another machine around the box.
if compare again "$description" "$userland"; then
	for c in ${userland//,/ }; do check "$c: built twice, identical" identical again "$c"; done
	figure "userland built again, with all around the box changed" "$took s"
else
	bad "userland: built twice"
fi

# made COMPONENT PATH FILE: what a component gave, out of the image
out=$work/out
start=$SECONDS
check "the image is built" "$assay" build "$description" -o "$out" --store "$store" --no-observe -q || exit 1
figure "the image, all components in the store" "$((SECONDS - start)) s"
made() {
	local digest
	digest=$(jq -r --arg c "$1" --arg p "$2" '.inputs.components[] | select(.name == $c) | .outputs[] | select(.path == $p and .sha256) | .sha256' "$out/manifest.json")
	[ -n "$digest" ] && cp "$store/objects/${digest:0:2}/${digest:2}" "$3" && chmod 755 "$3"
}
for program in "init init" "busybox usr/bin/busybox" "attester usr/lib/assay/assay-attester"; do
	read -r component path <<<"$program"
	file=$work/$component
	check "$path is in the image" made "$component" "$path" "$file" || continue
	figure "$path" "$(stat -c %s "$file") bytes"
	check "$path needs no other file: static" eval '! readelf -lW "$file" | grep -q INTERP && ! readelf -dW "$file" | grep -q NEEDED'
	check "$path is position independent" eval 'readelf -hW "$file" | grep -q "Type: *DYN"'
	check "$path has nothing of glibc in it" eval '! grep -aqiE "GLIBC_|GNU C Library|/usr/lib/locale" "$file"'
	check "$path has no path of the box in it" eval '! grep -aqE "/need/|/src/|/build/" "$file"'
done
same "busybox works here" "$("$work/busybox" sh -c 'echo $((6 * 7))' 2>/dev/null)" 42

# The traps, each with the setting that closes it taken away and the box's clock released.
changed stamp busybox 's/KCONFIG_NOTIMESTAMP=1, LD=ld/LD=ld/'
if compare stamp "$work/stamp" busybox --vary time; then
	check "trap: without KCONFIG_NOTIMESTAMP busybox has the time of its build" eval '! identical stamp busybox'
	same "  and the cause is proved" "$(causes stamp busybox)" TIME
else
	bad "trap: KCONFIG_NOTIMESTAMP"
fi
if compare kept "$description" busybox --vary time; then
	check "  with it not, though the clock is released" identical kept busybox
else
	bad "  with it not, though the clock is released"
fi
