#!/bin/bash
# assay archive: everything that a build reads in one folder. From a copy of it alone, without network and years later, the
# image is the same; its signatures can be replayed after the archive's keys have expired. And the SBOM of that image.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
# shellcheck source=test/sbom.sh
. "$(dirname "$0")/../sbom.sh"
archive_can archive || exit 0
at_end() { archive_end; }

# Everything there is to know of a folder: names, kinds, modes, times, targets, bytes.
listing() { (cd "$1" && find . -printf '%p %y %m %T@ %l\n' | LC_ALL=C sort && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum); }
# alone COMMAND...: without network, environment and anything in a home folder.
alone() {
	mkdir -p "$work/nobody"
	if [ "$(id -u)" = 0 ]; then unshare -n -- env -i PATH="$PATH" HOME="$work/nobody" "$@"; else
		unshare -rn -- env -i PATH="$PATH" HOME="$work/nobody" "$@"
	fi
}
sums_hold() { (cd "$1" && sha256sum -c --quiet --strict SHA256SUMS); }
refused() { ! "$@" >"$work/said" 2>&1; }
quietly() { "$@" >/dev/null; }
later=()
command -v faketime >/dev/null && later=(faketime '+5 years')

# ---- an archive of packages made here, whose keys expire ----
archive_start || { bad "an archive can be signed"; exit 1; }
archive_minimum
archive_deb app 1:2.0+b1~x <<'S'
file usr/bin/app 0755 an app\n
S
archive_publish
gpg -q --export archive@example.org >"$work/valid.gpg"
# The keyring of years later: the key of that name made in 2023 for a year; the same, revoked as well.
export_expired() {
	local home=$GNUPGHOME
	export GNUPGHOME=$work/later
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch -q --faked-system-time 20231101T000000 --passphrase '' --quick-gen-key 'later <later@example.org>' ed25519 sign 1y 2>/dev/null &&
		gpg -q --export later@example.org >"$work/expired.gpg" &&
		gpg --batch -q --faked-system-time "$1" --yes --passphrase '' --clearsign -o "$work/InRelease" "$work/Release" 2>/dev/null &&
		gpg --batch -q --faked-system-time 20231102T000000 --quick-set-expire "$(gpg -q --with-colons --list-keys | awk -F: '/^fpr/ { print $10; exit }')" 0 2>/dev/null &&
		gpg -q --export later@example.org >"$work/unexpired.gpg" &&
		sed 's/^Date: .*/Date: Fri, 14 Nov 2025 22:13:20 UTC/' "$work/Release" >"$work/Release.2025" &&
		gpg --batch -q --faked-system-time "$1" --yes --passphrase '' --clearsign -o "$work/InRelease.back" "$work/Release.2025" 2>/dev/null &&
		gpg --batch -q --faked-system-time 20251114T000000 --yes --passphrase '' --clearsign -o "$work/InRelease.late" "$work/Release" 2>/dev/null &&
		sed -i 's/^:---/---/' "$GNUPGHOME"/openpgp-revocs.d/*.rev && gpg -q --import "$work/expired.gpg" 2>/dev/null
	gpgconf --kill all
	rm -rf "$work/revoking"
	export GNUPGHOME=$work/revoking
	mkdir -m 700 "$GNUPGHOME"
	gpg -q --import "$work/expired.gpg" 2>/dev/null && gpg -q --import "$work"/later/openpgp-revocs.d/*.rev 2>/dev/null &&
		gpg -q --export later@example.org >"$work/revoked.gpg"
	export GNUPGHOME=$home
}
describe() {
	mkdir -p "$1/project/made/overlay/etc" "$1/shared/etc"
	echo one >"$1/project/made/overlay/etc/one"
	ln -s one "$1/project/made/overlay/etc/two"
	mkdir "$1/project/made/overlay/empty"
	echo never >"$1/project/made/secret"
	echo shared >"$1/shared/etc/shared"
	cat >"$1/project/made/assay.yaml" <<Y
format: assay/1
name: made
suites: [{archive: debian, suite: made, components: [main]}]
packages: [app, kernel]
firmware: {packages: [firmware], code: usr/share/made/code.fd, vars: usr/share/made/vars.fd}
image:
  hostname: made
  kernel: boot/vmlinuz-*
  stub: usr/lib/made/linux.stub
  initrd: {modules: [gamma]}
  overlays: [overlay, ../../shared]
platforms: []
Y
}
describe "$work/d"
made=$work/d/project/made
from=(--mirror "$work/mirror" --store "$work/store")
"$assay" lock "$made" "${from[@]}" --keyring "$work/valid.gpg" -q >/dev/null || { bad "the description can be locked"; exit 1; }
check "the image is built from the mirror" quietly "$assay" build "$made" -o "$work/out" "${from[@]}" -q
check "an archive is written" quietly "$assay" archive "$work/a" "$made" "${from[@]}" -q
listing "$work/a" >"$work/a.list"
check "SHA256SUMS holds for sha256sum" sums_hold "$work/a"
listed=$(cut -c67- "$work/a/SHA256SUMS" | LC_ALL=C sort)
there=$(cd "$work/a" && find . \( -type f -o -path './debian*' -type l \) ! -path './objects/*' ! -name SHA256SUMS | cut -c3- | LC_ALL=C sort)
same "it lists every file" "$listed" "$there"
same "one copy of each byte: links lead to objects" "$(find "$work/a/debian" -type f | wc -l)" 0
objects_are_named() {
	local f
	for f in "$1"/objects/*/*; do
		[ "$(digest_of "$f")" = "$(basename "$(dirname "$f")")$(basename "$f")" ] || return
	done
}
check "objects have their digest as name" objects_are_named "$work/a"
check "what the description does not name stays out" test ! -e "$work/a/source/project/made/secret"

# Written again, elsewhere, by another: the same folder.
cp -r "$work/d" "$work/d2"
find "$work/d2" -exec touch -h -d 2001-01-01 {} +
chmod -R go-rwx "$work/d2"
(umask 077 && TZ=Asia/Tokyo LC_ALL=C "$assay" archive "$work/deeper/b" "$work/d2/project/made" "${from[@]}" -q >/dev/null) || bad "written again"
listing "$work/deeper/b" >"$work/b.list"
check "two runs give the same folder" cmp "$work/a.list" "$work/b.list"
check "a run over a whole one changes nothing" quietly "$assay" archive "$work/a" "$made" "${from[@]}" -q
listing "$work/a" >"$work/b.list"
check "and leaves the same folder" cmp "$work/a.list" "$work/b.list"

# Killed and damaged.
killed_and_taken_up() {
	local n
	for n in 1 2 3 4 5 6 7 8; do
		rm -rf "$work/k"
		timeout -s KILL "0.00$n" "$assay" archive "$work/k" "$made" "${from[@]}" -q >/dev/null 2>&1
		[ ! -e "$work/k/SHA256SUMS" ] || sums_hold "$work/k" || return
		"$assay" archive "$work/k" "$made" "${from[@]}" -q >/dev/null || return
		listing "$work/k" | cmp - "$work/a.list" || return
	done 2>/dev/null
}
check "killed in the middle, the next run makes it whole" killed_and_taken_up
object=$(find "$work/k/debian/pool" -name "*.deb" -exec readlink -f {} + | LC_ALL=C sort | head -n 1) # of a package: every build reads it
chmod 644 "$object" && printf x | dd of="$object" bs=1 seek=7 conv=notrunc status=none
check "a damaged object is found by sha256sum" refused sums_hold "$work/k"
check "and never gets into a build" refused alone "$assay" build "$work/k/description" -o "$work/no" --mirror "$work/k" --store "$work/s0" -q
"$assay" archive "$work/k" "$made" "${from[@]}" -q >/dev/null
listing "$work/k" >"$work/b.list"
check "and is mended by another run" cmp "$work/a.list" "$work/b.list"
touch "$work/k/debian/pool/other.deb"
check "a file of somebody else is refused" refused "$assay" archive "$work/k" "$made" "${from[@]}" -q
check "and named" grep -q "'debian/pool/other.deb'" "$work/said"

# From a copy of the archive alone.
cp -r "$work/a" "$work/copy"
mv "$work/mirror" "$work/gone"
check "alone, it is built" quietly alone "${later[@]}" "$assay" build "$work/copy/description" -o "$work/out2" --mirror "$work/copy" --store "$work/s1" -q
same "from the archive alone: the same bytes" "$(digests "$work/out2")" "$(digests "$work/out")"
check "alone, an archive gives the same archive" quietly alone "$assay" archive "$work/copy2" "$work/copy/description" --mirror "$work/copy" --store "$work/s1" -q
listing "$work/copy2" >"$work/b.list"
check "byte for byte" cmp "$work/a.list" "$work/b.list"
check "alone, its lock is verified" quietly alone "$assay" lock verify "$work/copy/description" --mirror "$work/copy" --store "$work/s2" --keyring "$work/valid.gpg" -q
if command -v python3 >/dev/null; then
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	python3 -m http.server --bind 127.0.0.1 -d "$work/copy" "$port" >/dev/null 2>&1 &
	server=$!
	for _ in $(seq 50); do curl -s -o "$work/null" "http://127.0.0.1:$port/README" && break; sleep 0.1; done
	check "a web server serves it as a mirror" "$assay" fetch "$work/copy/description" --mirror "http://127.0.0.1:$port" --store "$work/s3" -q
	kill "$server"
else
	skip archive-web "no python3"
fi

# Without an InRelease.
cp "$made/assay.lock" "$work/lock"
release=$(jq -r '.suites[0]."release-sha256"' "$work/lock")
rm "$work/store/objects/${release:0:2}/${release:2}"
check "a lost InRelease is refused" refused "$assay" archive "$work/u" "$made" --mirror "$work/nobody" --store "$work/store" -q
check "with what to do" grep -q 'hint: .*--unverifiable' "$work/said"
check "an archive that cannot be asked has not said no: refused with --unverifiable, too" refused "$assay" archive "$work/u" "$made" \
	--unverifiable --mirror http://127.0.0.1:1/debian --store "$work/store" -q
check "nothing is written" test ! -e "$work/u"
check "--unverifiable writes the rest" quietly "$assay" archive "$work/u" "$made" --unverifiable --mirror "$work/nobody" --store "$work/store" -q 2>"$work/said"
check "and says what is missing and why" grep -q "warning: the InRelease of suite 'made' is not at hand: ." "$work/said"
check "README says what does not hold" grep -q 'cannot show that the' "$work/u/README"
check "it is built all the same" quietly alone "$assay" build "$work/u/description" -o "$work/out3" --mirror "$work/u" --store "$work/s4" -q
same "to the same bytes" "$(digests "$work/out3")" "$(digests "$work/out")"
verify_code() { alone "$assay" lock verify "$work/$1/description" --mirror "$work/$1" --store "$work/$2" --keyring "$work/$3" >"$work/said" 2>&1; echo $?; }
same "lock verify gives no answer from it" "$(verify_code u s5 valid.gpg)" 2

# Years later: keys that have expired.
archive_anew() { # OUT: of a lock made now, by a keyring in which the key is still valid
	"$assay" lock "$made" --update --mirror "$work/mirror" --store "$work/s6" --keyring "$work/unexpired.gpg" -q >/dev/null 2>&1 &&
		"$assay" archive "$1" "$made" --mirror "$work/mirror" --store "$work/s6" -q >/dev/null
}
mv "$work/gone" "$work/mirror"
export_expired 20231114T221320 || bad "keys of years later can be made"
cp "$work/InRelease" "$archive/dists/made/InRelease"
archive_anew "$work/old" || bad "an old lock can be archived"
same "signed before its key expired: verified" "$(verify_code old s7 expired.gpg)" 0
check "and the expiry is told" grep -q 'that key has expired on 2024-10-31; the signature says that it was made before, on 2023-11-14' "$work/said"
verify_json() { alone "$assay" lock verify "$work/$1/description" --mirror "$work/$1" --store "$work/$2" --keyring "$work/$3" --json; }
same "in JSON, too" "$(verify_json old s7 expired.gpg | jq -c '[.ok, (.expired[] | .suite, (.signed | todate), (.expired > .signed))]')" \
	'[true,"made","2023-11-14T22:13:20Z",true]'
same "revoked, too: refused" "$(verify_code old s7 revoked.gpg)" 1
check "and called so" grep -q 'revoked key' "$work/said"
same "by a key of somebody else: refused" "$(verify_code old s7 valid.gpg)" 1
check "a new lock wants keys that are valid" refused "$assay" lock "$made" --update --mirror "$work/mirror" --store "$work/s6" --keyring "$work/expired.gpg"
cp "$work/InRelease.late" "$archive/dists/made/InRelease"
archive_anew "$work/late" || bad "a late lock can be archived"
same "signed after its key expired: refused" "$(verify_code late s8 expired.gpg)" 1
check "and told when" grep -q 'after its key had expired' "$work/said"
cp "$work/InRelease.back" "$archive/dists/made/InRelease"
archive_anew "$work/back" || bad "a lock that is dated back can be archived"
same "dated back, over a Release from after the expiry: refused" "$(verify_code back s8 expired.gpg)" 1
check "and called so" grep -q 'the signature is dated back' "$work/said"

# The SBOM of what was built here.
cp "$work/lock" "$made/assay.lock"
check "SBOM: valid SPDX 2.3" sbom_is_valid "$work/out/sbom.spdx.json"
check "SBOM: its namespace is its own digest" sbom_names_itself "$work/out/sbom.spdx.json"
check "SBOM: says what lock and manifest say" sbom_agrees "$work/out/sbom.spdx.json" "$work/lock" "$work/out/manifest.json"
check "SBOM: the same from the archive alone" cmp "$work/out/sbom.spdx.json" "$work/out2/sbom.spdx.json"
check "SBOM: a version with epoch, plus and tilde as a purl" grep -qF 'pkg:deb/debian/app@1:2.0%2Bb1~x?arch=all&distro=made' "$work/out/sbom.spdx.json"
# The judge says no where it must.
sbom_judge_refuses() {
	local change
	while IFS= read -r change; do
		jq "$change" "$work/out/sbom.spdx.json" >"$work/changed.json" || return
		! sbom_is_valid "$work/changed.json" || { echo "passed: $change"; return 1; }
	done <<'J'
del(.documentNamespace)
.documentNamespace += "#a"
.spdxVersion = "SPDX-2.2"
.creationInfo.created = "2023-11-14 22:13:20"
.packages[1].SPDXID = .packages[0].SPDXID
.packages[2].SPDXID += "_"
del(.packages[2].downloadLocation)
.packages[2].externalRefs[0].referenceLocator |= sub("%2B"; "+") | .packages[2].externalRefs[0].referenceLocator += "+"
.packages[2].checksums[0].checksumValue = "00"
.packages[2].more = 1
.packages[0].primaryPackagePurpose = "IMAGE"
.relationships[1].relatedSpdxElement = "SPDXRef-nowhere"
.relationships[1].relationshipType = "HAS"
.relationships += [.relationships[1]]
.relationships |= .[1:]
J
}
check "SBOM: the judge of these refuses each change" sbom_judge_refuses
jq '.packages[2].sha256 |= sub("^."; "g")' "$work/lock" >"$work/other.lock"
check "SBOM: and another lock" refused sbom_agrees "$work/out/sbom.spdx.json" "$work/other.lock" "$work/out/manifest.json"
rm -rf "$work"/{s0,s1,s2,s3,s4,s5,s6,s7,s8,k,u,old,late,back,copy,copy2,out2,out3}

# ---- the real thing: hello with its toolchain, from its archive alone, five years later ----
hello_with_releases || { skip archive-hello "no mirror has what hello's lock needs"; exit 0; }
check "hello is built" quietly "$assay" build "$hello" -o "$work/hello" --store "$store" --no-observe -q
check "hello's archive is written" quietly "$assay" archive "$work/ha" "$hello" --store "$store" -q
check "hello's archive holds for sha256sum" sums_hold "$work/ha"
check "hello's lock is verified from it alone" quietly alone "$assay" lock verify "$work/ha/description" --mirror "$work/ha" --store "$work/hs" -q
# PCR 0 is observed, so it is no input that an archive could hold: what was seen of this firmware is taken along, no more.
(cd "$store" && grep -rlF '"assay/observed-pcr0/1"' results | xargs -r cp --parents -t "$work/hs")
check "hello is built from it alone" quietly alone "${later[@]}" "$assay" build "$work/ha/description" -o "$work/hello2" --mirror "$work/ha" --store "$work/hs" --no-observe -q
same "hello from its archive alone: the same bytes" "$(digests "$work/hello2")" "$(digests "$work/hello")"
check "hello's SBOM: valid SPDX 2.3" sbom_is_valid "$work/hello/sbom.spdx.json"
check "hello's SBOM: its namespace is its own digest" sbom_names_itself "$work/hello/sbom.spdx.json"
check "hello's SBOM: says what lock and manifest say" sbom_agrees "$work/hello/sbom.spdx.json" "$hello/assay.lock" "$work/hello/manifest.json"
if [ ${#later[@]} = 0 ]; then skip archive-later "no faketime: built now, not years later"; else
	same "the builds from the archive ran five years later" "$(alone "${later[@]}" date +%Y)" $(($(date +%Y) + 5))
fi
