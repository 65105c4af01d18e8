#!/bin/bash
# Bit for bit: hello built under everything that must not matter gives one SHA-256 of every artefact.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
hello_ready || { bad "hello can be fetched"; exit 1; }

"$assay" build "$hello" -o "$work/first" --store "$store" -q >/dev/null || { bad "hello builds"; exit 1; }
want=$(digests "$work/first")
echo "$want"

# build NAME DESCRIPTION [PREFIX...]: builds once more in other circumstances and compares
again() {
	local name=$1 dir=$2 out=$3
	shift 3
	"$@" "$assay" build "$dir" -o "$out" --store "${store_of_this:-$store}" -q >/dev/null || { bad "$name: builds"; return; }
	same "$name" "$(digests "$out")" "$want"
	rm -rf "$out"
}

copy() { mkdir -p "$1" && tar -C "$(dirname "$(dirname "$hello")")" -cf - examples guest src | tar -C "$1" -xf -; }

copy "$work/other/folder/with spaces"
again "another folder" "$work/other/folder/with spaces/examples/hello" "$work/o1"
again "umask 077" "$hello" "$work/o2" bash -c 'umask 077; exec "$@"' sh
(umask 002 && copy "$work/group-write")
chmod -R g+w "$work/group-write"
again "umask 002, group-writable sources" "$work/group-write/examples/hello" "$work/o3" bash -c 'umask 002; exec "$@"' sh
find "$work/group-write" -exec touch -h -d '2001-01-01' {} +
again "other times of files" "$work/group-write/examples/hello" "$work/o4"
again "TZ and locale" "$hello" "$work/o5" env TZ=Pacific/Kiritimati LC_ALL=tr_TR.UTF-8 LANG=et_EE.UTF-8
again "one core" "$hello" "$work/o6" taskset -c 0
again "no environment" "$hello" "$work/o7" env -i

mkdir -p "$work/tmpfs"
if mount -t tmpfs -o size=3G tmpfs "$work/tmpfs" 2>/dev/null; then
	at_end() { umount "$work/tmpfs" 2>/dev/null; }
	again "output on tmpfs" "$hello" "$work/tmpfs/out"
else
	skip tmpfs-output "cannot mount a tmpfs here"
fi

# An ordinary user with a store of its own: only the objects are shared, everything else is made again. PCR 0 is what was
# observed before, since a second boot would take its time: the record is copied.
if [ "$(id -u)" = 0 ]; then
	copy "$work/user"
	mkdir -p "$work/userstore"
	cp -a "$store/objects" "$work/userstore/objects"
	cp -a "$store/results" "$work/userstore/results"
	# Derivations are made again by the user: their results are not taken along.
	"$root/test/drop-results.sh" "$work/userstore" component
	chown -R 65534:65534 "$work/user" "$work/userstore"
	chmod 755 "$work"
	mkdir "$work/userout" && chown 65534:65534 "$work/userout"
	store_of_this=$work/userstore again "an ordinary user, components made again" "$work/user/examples/hello" \
		"$work/userout/out" setpriv --reuid=65534 --regid=65534 --clear-groups env -i HOME="$work/userout" PATH="$PATH"
else
	skip other-user "needs root to become somebody else; this run is by an ordinary user already"
fi
