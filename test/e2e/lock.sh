#!/bin/bash
# assay lock and assay lock verify against an archive made here and signed by a key made here, then against the
# machine's own mirrors. Usage: lock.sh [BUILD_FOLDER]
set -eu
assay=$(cd "${1:-build}" && pwd)/assay
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
passed=0 failed=0 skipped=0

pass() { passed=$((passed + 1)); echo "pass: $1"; }
fail() { failed=$((failed + 1)); echo "FAIL: $1"; sed 's/^/  | /' log 2>/dev/null || true; }
finish() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ]
	exit
}
# expect NAME CODE PATTERN COMMAND...: the exit code, and a pattern in what it said.
expect() {
	local name=$1 want=$2 pattern=$3 code=0
	shift 3
	"$@" >log 2>&1 || code=$?
	if [ "$code" = "$want" ] && grep -qE -- "$pattern" log; then
		pass "$name"
	else
		echo "exit $code, wanted $want and '$pattern'" >>log
		fail "$name"
	fi
}
check() {
	local name=$1
	shift
	if "$@" >log 2>&1; then pass "$name"; else fail "$name"; fi
}
same() { if cmp -s "$2" "$3"; then pass "$1"; else diff "$2" "$3" >log || true; fail "$1"; fi; }

for tool in gpg gpgv dpkg-deb xz; do
	if ! command -v "$tool" >/dev/null; then
		skipped=1
		echo "SKIP lock: no $tool"
		finish
	fi
done

# ---- an archive of our own ----
export GNUPGHOME=$tmp/gnupg
mkdir -m 700 "$GNUPGHOME"
key() { gpg --batch -q --passphrase '' --quick-gen-key "$1 <$1@example.org>" ed25519 sign never 2>/dev/null; }
key archive
key other
key vendor
gpg -q --export archive@example.org >archive.gpg
gpg -q --export vendor@example.org >vendor.gpg
fpr() { gpg -q --with-colons --list-keys "$1@example.org" | awk -F: '/^fpr/ { print $10; exit }'; }

# deb NAME VERSION [FIELD...]: a package in the pool, its stanza in stanzas/NAME_VERSION.
pool=$tmp/mirror/debian/pool/main
mkdir -p "$pool" stanzas
deb() {
	local name=$1 version=$2 file
	shift 2
	rm -rf root
	mkdir -p root/DEBIAN "root/usr/share/$name"
	echo "$name $version" >"root/usr/share/$name/it"
	printf '%s\n' "Package: $name" "Version: $version" "Architecture: all" \
		"Maintainer: nobody <nobody@example.org>" "Description: none" "$@" >root/DEBIAN/control
	file=$pool/${name}_${version}_all.deb
	SOURCE_DATE_EPOCH=1 dpkg-deb --root-owner-group -b root "$file" >/dev/null
	stanza "$file" >"stanzas/${name}_$version"
}
stanza() {
	dpkg-deb -f "$1"
	printf '%s\n' "Filename: pool/main/$(basename "$1")" "Size: $(stat -c %s "$1")" \
		"SHA256: $(sha256sum <"$1" | cut -d' ' -f1)" ''
}
# publish DATE [RELEASE_LINE...]: index and InRelease from what is in stanzas/. $signers sign; $by_hash lays out by digest.
dist=$tmp/mirror/debian/dists/trixie
signers=archive by_hash=yes suite=stable
publish() {
	local date=$1 index=main/binary-amd64/Packages.xz sign=() k
	shift
	mkdir -p "$dist/main/binary-amd64/by-hash/SHA256"
	cat stanzas/* | xz -c >"$dist/$index"
	if [ $by_hash = yes ]; then
		cp "$dist/$index" "$dist/main/binary-amd64/by-hash/SHA256/$(sha256sum <"$dist/$index" | cut -d' ' -f1)"
	fi
	printf '%s\n' "Suite: $suite" 'Codename: trixie' "Date: $date" "Acquire-By-Hash: $by_hash" "$@" 'SHA256:' \
		" $(sha256sum <"$dist/$index" | cut -d' ' -f1) $(stat -c %s "$dist/$index") $index" >Release
	for k in $signers; do sign+=(-u "$k@example.org"); done
	gpg --batch -q --yes --passphrase '' "${sign[@]}" --clearsign -o "$dist/InRelease" Release
}
day() { LC_ALL=C date -u -d "$1" '+%a, %d %b %Y %H:%M:%S UTC'; }

deb base 1 'Essential: yes' 'Depends: libc'
deb libc 2.41-1 'Source: glibc (2.41-0)'
deb app 1.0 'Depends: first | second, helper'
deb first 1
deb second 1
deb helper 1 'Depends: noise'
deb noise 1
deb cc 14 'Depends: libc'
deb blob 7 'Depends: nowhere'
deb clash 1 'Conflicts: first'
first_day=$(day '2 days ago') second_day=$(day '1 day ago')
publish "$first_day"

mkdir hello
cat >hello/assay.yaml <<'Y'
format: assay/1
name: hello
suites: [{archive: debian, suite: trixie, components: [main]}]
packages: [app]
leave-out: ['help*']
firmware: {packages: [blob], code: a, vars: b}
toolchains: {c: [cc]}
Y
options=(--store store --mirror "$tmp/mirror" --keyring archive.gpg)
# shellcheck disable=SC2317 # both are called through expect
lock() { "$assay" lock "${@:-hello}" "${options[@]}"; }
# shellcheck disable=SC2317
verify() { "$assay" lock verify "${@:-hello}" "${options[@]}"; }
# The order of lines of one package: everything from its name on.
package() { awk -v n="\"name\": \"$1\"," 'index($0, n) { f = 1 } f { print } f && /^    }/ { exit }' hello/assay.lock; }

# ---- locking ----
expect 'a lock is made' 0 'image: 4 packages' lock
expect 'it says who signed' 0 "signed by $(fpr archive)" lock hello --update
# shellcheck disable=SC2317
has() { package "$1" | grep -q "$2"; }
check 'seeds say so' has app '"why": "seed"'
check 'versions are pinned' has app '"version": "1.0"'
check 'the source package is named' has libc '"source": "glibc"'
check 'with its own version' has libc '"source-version": "2.41-0"'
check 'what depends on a package is named' has libc '"why": "dependency of base"'
check 'nothing else comes' test "$(grep -c '"name": ' hello/assay.lock)" = 6
check 'what was cut is named' grep -q '"helper"' hello/assay.lock
check 'no path of the machine' test -z "$(grep -E "$tmp|mirror|file:" hello/assay.lock)"

cp hello/assay.lock first.lock
expect 'a lock that fits is kept' 0 'is what assay.yaml asks for' lock
expect 'locking again changes nothing' 0 'no package changed' lock hello --update
same 'locking twice gives the same bytes' first.lock hello/assay.lock
mkdir again
tac hello/assay.yaml >again/assay.yaml
(umask 077; TZ=Asia/Tokyo LC_ALL=C.UTF-8 "$assay" lock again --store other-store --mirror "file://$tmp/mirror/debian" --keyring archive.gpg) >log 2>&1 || true
same 'neither order nor machine matter' first.lock again/assay.lock

# ---- verifying ----
expect 'the chain holds' 0 'signed for all 6 packages' verify
expect 'it holds from an empty store' 0 'signed for all 6 packages' "$assay" lock verify hello --store empty-store "${options[@]:2}"
expect 'without the key it is refused' 1 "refused: signature of 'trixie'" "$assay" lock verify hello --store store --mirror "$tmp/mirror" --keyring vendor.gpg

# changed SED...: a lock with one change, in the folder changed/
changed() { mkdir -p changed; sed "$@" first.lock >changed/assay.lock; cp hello/assay.yaml changed/; }
deb app 1.0 'Depends: first | second, helper' 'Homepage: https://example.org/evil'
evil=$pool/app_1.0_all.deb
good=$(awk '/^SHA256/ { print $2 }' <<<"$(package app | sed -n 's/.*"sha256": "\(.*\)",/SHA256 \1/p')")
size=$(package app | sed -n 's/.*"size": \(.*\),/\1/p')
changed -e "s/$good/$(sha256sum <"$evil" | cut -d' ' -f1)/" -e "s/\"size\": $size,/\"size\": $(stat -c %s "$evil"),/"
expect 'a package that the archive never signed is refused' 1 "refused: stanza of 'app': .*(SHA-256|size)" verify changed
changed -e 's/"version": "1.0"/"version": "1.1"/' -e 's/app_1.0/app_1.1/'
expect 'a version that the archive never had is refused' 1 "refused: stanza of 'app': .*no such package" verify changed
changed -e 's/"name": "app"/"name": "apq"/'
expect 'a name that the archive never had is refused' 1 "refused: stanza of 'apq'" verify changed
changed -e 's/"source": "glibc"/"source": "musl"/'
expect 'another source is refused' 1 "refused: stanza of 'libc': .*source" verify changed
changed -e "s/$(fpr archive)/$(fpr other)/"
expect 'another signer is refused' 1 'refused: signature' verify changed
changed -e 's/"date": [0-9]*/"date": 1700000000/'
expect 'another date is refused' 1 "refused: release of 'trixie'" verify changed
# An index of the vendor's own, consistent in itself, with the package in it.
cp -r stanzas stanzas.good
stanza "$evil" >stanzas/app_1.0
cat stanzas/* | xz -c >evil.xz
index=$(sha256sum <evil.xz | cut -d' ' -f1)
cp evil.xz "$dist/main/binary-amd64/by-hash/SHA256/$index"
changed -e "s/$good/$(sha256sum <"$evil" | cut -d' ' -f1)/" -e "s/\"size\": $size,/\"size\": $(stat -c %s "$evil"),/" \
	-e "s/$(sha256sum <"$dist/main/binary-amd64/Packages.xz" | cut -d' ' -f1)/$index/" \
	-e "s/\"size\": $(stat -c %s "$dist/main/binary-amd64/Packages.xz"),/\"size\": $(stat -c %s evil.xz),/"
expect 'an index that the archive never signed is refused' 1 "refused: index of 'main/binary-amd64/Packages.xz'" verify changed
# A whole archive of the vendor's own.
signers=vendor publish "$first_day"
mkdir -p vendor
cp hello/assay.yaml vendor/
"$assay" lock vendor --store store --mirror "$tmp/mirror" --keyring vendor.gpg >log 2>&1 || fail 'the vendor can lock'
expect 'an archive signed by somebody else is refused' 1 "refused: signature of 'trixie': no key of the keyring" verify vendor

# ---- what archives may do, and what not ----
rm -r stanzas
mv stanzas.good stanzas
publish "$second_day"
expect 'the store keeps an old lock verifiable' 0 'signed for all' verify hello --no-packages
expect 'without it the publisher must help' 2 'hint: archives keep only their newest' \
	"$assay" lock verify hello --store empty-store-2 "${options[@]:2}"
deb first 1.1
publish "$second_day"
# The old package is damaged in the store: what the new lock means for an image is told all the same.
damaged=$(package first | sed -n 's/.*"sha256": "\(.*\)",/\1/p')
chmod u+w "store/objects/${damaged:0:2}/${damaged:2}" && printf x | dd of="store/objects/${damaged:0:2}/${damaged:2}" conv=notrunc status=none
expect 'newer versions are taken and named' 0 '^~ first 1 -> 1.1' lock hello --update
publish "$first_day"
expect 'an older Release is refused' 2 'older than the one that assay.lock names' lock hello --update
publish "$(day '40 days ago')"
rm hello/assay.lock
expect 'an old Release is warned of' 0 'warning: .*older than 30 days' lock
publish "$second_day" "Valid-Until: $(day '1 hour ago')"
expect 'an expired Release is refused' 2 'Release has expired' lock hello --update
publish "$second_day" "Valid-Until: $(day '1 hour')"
expect 'one that is still valid is not' 0 'image:' lock hello --update
suite=testing
publish "$second_day"
sed 's/suite: trixie/suite: stable/' hello/assay.yaml >changed/assay.yaml
mkdir -p "$tmp/mirror/debian/dists/stable"
cp "$dist/InRelease" "$tmp/mirror/debian/dists/stable/"
rm -f changed/assay.lock
expect 'another suite than asked for is refused' 2 "asked for suite 'stable', the archive answered with Suite 'testing'" lock changed
suite=stable
publish "$second_day"
sed -i 's/^Suite: stable/Suite: stabke/' "$dist/InRelease"
expect 'a changed InRelease is refused' 2 'signature that does not fit the text' lock hello --update
{ cat Release; echo; } >"$dist/InRelease"
expect 'an unsigned one is refused' 2 'InRelease of .debian trixie.: .*mirror.debian: it (is not one signed text|has no signature)' lock hello --update
signers=other publish "$second_day"
expect 'an unknown key is refused and named' 2 'no key of the keyring signed it' lock hello --update
signers='other archive' publish "$second_day"
expect 'one known key of two is enough' 0 "signed by $(fpr archive)" lock hello --update
publish "$second_day"
cat "$dist/InRelease" "$dist/InRelease" >twice
cp twice "$dist/InRelease"
expect 'two texts in one are refused' 2 'not one signed text' lock hello --update
publish "$second_day"
sed -i '1i Suite: other' "$dist/InRelease"
expect 'text before the signed one is refused' 2 'not one signed text' lock hello --update
publish "$second_day"
cat stanzas/* | xz -c -0 >"$dist/main/binary-amd64/by-hash/SHA256/$(sed -n 's/^ \(.*\) .* main.*/\1/p' Release)"
rm -rf store
expect 'an index with other bytes is refused' 2 'by-hash' lock hello --update
rm -r "$dist/main/binary-amd64/by-hash"
by_hash=no
publish "$second_day"
expect 'an archive without by-hash serves too' 0 'image:' lock hello --update
expect 'and verifies' 0 'signed for all' verify hello

# ---- what descriptions may ask ----
wanted() { sed "s/^packages:.*/packages: $1/; s/^leave-out:.*/leave-out: $2/" hello/assay.yaml >changed/assay.yaml; rm -f changed/assay.lock; }
wanted '[app, clash]' '[]'
expect 'another alternative is taken where the first cannot be' 0 'image: 7 packages' lock changed
wanted '[app, first, clash]' '[]'
expect 'a conflict is explained' 2 'clash-1.all conflicts with first' lock changed
wanted '[blob]' '[]'
expect 'what is missing is named' 2 'nothing provides nowhere needed by blob-7.all' lock changed
wanted '[aap]' '[]'
expect 'a package that nobody has is named' 2 "package 'aap' is in none of the suites" lock changed
wanted '[app]' '[]'
expect 'nothing is left out unless asked for' 0 'image: 6 packages' lock changed
sed -i 's/^packages:.*/packages: [app, second]/' changed/assay.yaml
expect 'a changed description is locked anew' 0 '^\+ second 1 \(seed\)' lock changed
echo '{}' >changed/assay.lock
expect 'a broken lock is no lock' 2 'assay.lock: .*missing' lock changed
expect 'but can be replaced' 0 'warning: the old lock cannot be read' lock changed --update

# ---- the real archive ----
unset GNUPGHOME
mkdir real
cat >real/assay.yaml <<'Y'
format: assay/1
name: real
suites:
- {archive: debian, suite: trixie, components: [main]}
- {archive: debian, suite: trixie-updates, components: [main]}
- {archive: debian-security, suite: trixie-security, components: [main]}
packages: [systemd, udev, dbus, linux-image-cloud-amd64]
leave-out: ['initramfs-tools*', linux-base]
toolchains: {c: [gcc, libc6-dev]}
Y
if "$assay" lock real --store real-store >log 2>&1; then
	pass 'trixie can be locked'
	cp real/assay.lock real.lock
	expect 'and again with the same bytes' 0 'no package changed' "$assay" lock real --update --store real-store
	same 'the same bytes for trixie' real.lock real/assay.lock
	expect 'its chain holds' 0 'verified: the archives signed' "$assay" lock verify real --store real-store --no-packages
elif grep -qiE 'resolve|connect|timed out|no mirror|network' log; then
	skipped=$((skipped + 1))
	echo "SKIP lock-real: $(head -1 log)"
else
	fail 'trixie can be locked'
fi
finish
