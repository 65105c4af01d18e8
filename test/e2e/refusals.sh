#!/bin/bash
# What lock, fetch, build and lock verify refuse, by what they say and by what they leave behind. The archive is made here.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
archive_can refusals || exit 0
at_end() { archive_end; }
archive_start || { bad "an archive can be signed"; exit 1; }

archive_minimum
archive_deb one <<'S'
file usr/bin/tool 0755 of one\n
file usr/lib/systemd/system/one.service 0644 [Install]\nWantedBy=multi-user.target\n
file usr/lib/systemd/system/idle.service 0644 [Service]\n
S
archive_deb two <<'S'
file usr/bin/tool 0755 of two\n
file usr/share/two/plain 0644 plain\n
S
archive_deb open-user <<'S'
file usr/lib/sysusers.d/open.conf 0644 u runner - "An open id"\n
S
archive_publish

# describe [CHANGE...]: the description in $work/case, without a lock; each change is sed's and must change something.
describe() {
	rm -rf "$work/case"
	mkdir -p "$work/case"
	archive_description "kernel, one" >"$work/case/assay.yaml"
	local change
	for change; do
		cp "$work/case/assay.yaml" "$work/before.yaml"
		sed -i "$change" "$work/case/assay.yaml"
		! cmp -s "$work/before.yaml" "$work/case/assay.yaml" || bad "no effect: $change"
	done
}
with_packages() { describe "s/^packages:.*/packages: [kernel, $1]/" "${@:2}"; }

mirror=(--mirror "$work/mirror")
store=(--store "$work/store")
lock() { "$assay" lock "$work/case" "${store[@]}" "${mirror[@]}" --keyring "$archive_keyring" -q; }
build() { "$assay" build "$work/case" -o "$work/out" "${store[@]}" "${mirror[@]}" -q; }
lock_and_build() { lock && rm -rf "$work/out" && build; }

# refuses NAME CODE COMMAND PATTERN...: the exit code, and every pattern in what it said.
refuses() {
	local name=$1 want=$2 command=$3 code=0 pattern
	shift 3
	$command >"$work/said" 2>&1 || code=$?
	[ "$code" = "$want" ] || { bad "$name: exit $code, wanted $want: $(tail -2 "$work/said")"; return; }
	for pattern; do
		grep -qE -- "$pattern" "$work/said" || { bad "$name: nothing like '$pattern' in: $(tail -2 "$work/said")"; return; }
	done
	ok "$name"
}
accepts() { refuses "$1" 0 "$2"; }
no_image() { check "$1" test ! -e "$work/out/disk.img"; }
content_of() { # PATH: digest of a file of the root, from the manifest
	jq -r --arg p "$1" '.["root-files"][] | select(.path == $p) | .sha256' "$work/out/manifest.json"
}
text_digest() { printf '%b' "$1" | sha256sum | cut -d' ' -f1; }

describe
accepts 'the description that all others differ from is built' lock_and_build

# ---- one path, two packages ----
with_packages 'one, two'
refuses 'a path claimed twice is refused with both' 2 lock_and_build \
	"'usr/bin/tool' is claimed twice" 'package:one' 'package:two' '^hint: .*prefer'
no_image 'and leaves no image'
for winner in one two; do
	with_packages 'one, two' "s#^  exclude:#  prefer: {usr/bin/*: \"package:$winner\"}\n&#"
	accepts "prefer lets $winner win" lock_and_build
	same "and its bytes are in the image" "$(content_of usr/bin/tool)" "$(text_digest "of $winner\n")"
done
with_packages 'one, two' 's#^  exclude:#  prefer: {usr/bin/*: "package:base"}\n&#'
refuses 'a preference for a third settles nothing' 2 lock_and_build "'usr/bin/tool' is claimed twice"
with_packages 'one, two' 's#^  exclude:#  prefer: {usr/sbin/*: "package:one"}\n&#'
refuses 'nor does one for another path' 2 lock_and_build "'usr/bin/tool' is claimed twice"
describe 's#^  exclude:#  overlays: [over]\n&#'
mkdir -p "$work/case/over/usr/bin"
echo mine >"$work/case/over/usr/bin/tool"
refuses 'an overlay must be preferred, too' 2 lock_and_build "'usr/bin/tool' is claimed twice" 'package:one' 'overlay:over'

# ---- what names nothing ----
describe 's#^  exclude:.*#  exclude: [boot/**, usr/share/none/**]#'
refuses 'an exclusion that matches nothing is refused' 2 lock_and_build "exclude: 'usr/share/none/\*\*' matches nothing" '^hint: '
describe 's#^  exclude:#  units: {enable: [none.service]}\n&#'
refuses 'a unit to enable without a file is refused' 2 lock_and_build "unit 'none.service'" '^hint: '
describe 's#^  exclude:#  units: {enable: [idle.service]}\n&#'
refuses 'and one without an [Install] section' 2 lock_and_build "unit 'idle.service' has no \[Install\]"
describe 's#^  exclude:#  units: {enable: [one.service]}\n&#'
accepts 'a unit that can be enabled is' lock_and_build
describe 's#^  exclude:#  modes: [{path: usr/share/none/*, mode: "0600"}]\n&#'
refuses 'a mode for nothing is refused' 2 lock_and_build "modes: 'usr/share/none/\*'"
describe 's#^  exclude:#  modes: [{path: usr/bin/tool, mode: "0600", owner: nemo}]\n&#'
refuses 'and one for an unknown owner' 2 lock_and_build "no user 'nemo'"
describe 's#^  exclude:#  overlays: [none]\n&#'
refuses 'an overlay that is not there is refused' 2 lock_and_build "overlay 'none'"
describe 's#vmlinuz-\*#linux-*#'
refuses 'a kernel that no package has is refused' 2 lock_and_build "image: kernel: 'boot/linux-\*' matches 0 files"
describe 's#^  exclude:#  kernel-modules: [epsilon]\n&#'
refuses 'a module that the kernel lacks is refused' 2 lock_and_build "no module 'epsilon'"
no_image 'none of them leaves an image'

# ---- ids ----
with_packages open-user
refuses 'a user without a fixed id is refused' 2 lock_and_build "user 'runner' has no fixed id" '^hint: .*users:'
with_packages open-user 's#^  exclude:#  users: [{name: runner, uid: 900, gid: 900}]\n&#'
accepts 'with one it is built' lock_and_build
with_packages open-user 's#^  exclude:#  users: [{name: runner, uid: 1, gid: 900}]\n&#'
refuses 'an id that another has is refused' 2 lock_and_build "'daemon' and 'runner' share id 1"

# ---- the description ----
describe '8i\  colour: blue'
refuses 'an unknown member is refused with its line' 2 lock "line 8: .*'colour'"
describe 's/^name:.*/&\n&/'
refuses 'a member that stands twice, too' 2 lock "line 3: .*'name'"
describe
lock >"$work/said" 2>&1 || bad 'the description can be locked'
cp "$work/case/assay.lock" "$work/first.lock"
sed -i 's/^packages:.*/packages: [kernel, one, two]/' "$work/case/assay.yaml"
rm -rf "$work/out"
refuses 'a stale lock is refused' 1 build 'stale|was made for' '^hint: .*assay lock'
no_image 'and leaves no image'
sed -i 's/^packages:.*/packages: [one, kernel]/' "$work/case/assay.yaml"
accepts 'another order of packages is no change' build
rm "$work/case/assay.lock"
refuses 'without a lock nothing is built' 2 build 'assay.lock' '^hint: .*assay lock'

# ---- mirrors ----
describe
lock >"$work/said" 2>&1 || bad 'the description can be locked'
good=$archive/pool/one_1_all.deb
want=$(digest_of "$good")
mkdir -p "$work/bad-mirror"
cp -r "$archive" "$work/bad-mirror/debian"
bad=$work/bad-mirror/debian/pool/one_1_all.deb
fetch() { "$assay" fetch "$work/case" --store "$work/store-2" --mirror "$work/bad-mirror" "$@" -q; }
fetch_beside() { fetch "${mirror[@]}"; }
object() { echo "$work/store-2/objects/${1:0:2}/${1:2}"; }
# Objects whose bytes are not what their names say, and everything in tmp/ and results/: nothing of it may be there.
litter() {
	local f name
	find "$work/store-2" -type f | while read -r f; do
		name=${f#"$work/store-2/objects/"}
		[ "$(digest_of "$f")" = "${name/\//}" ] || echo "${f#"$work/store-2/"}"
	done
}
spoil() { # NAME COMMAND...: the mirror's copy, changed, is refused and leaves nothing
	local name=$1
	shift
	cp "$good" "$bad"
	"$@"
	rm -rf "$work/store-2"
	refuses "$name is refused" 2 fetch "one_1_all.deb"
	check "$name: what was wanted is not in the store" test ! -e "$(object "$want")"
	check "$name: nor what came" test ! -e "$(object "$(digest_of "$bad")")"
	check "$name: nothing else stays" test -z "$(litter)"
	accepts "$name: a good mirror beside it helps" fetch_beside
	same "$name: with the right bytes" "$(digest_of "$(object "$want")")" "$want"
}
flip() { sed -i 's/of one/of onE/' "$bad"; }
longer() { echo >>"$bad"; }
shorter() { truncate -s -1 "$bad"; }
endless() { truncate -s 64M "$bad"; }
spoil 'a package with another byte' flip
spoil 'one that is longer' longer
spoil 'one that is shorter' shorter
spoil 'one without end' endless
rm "$bad"
rm -rf "$work/store-2"
refuses 'a package that no mirror has is refused' 2 fetch 'one_1_all.deb' '^hint: .*--mirror'

# ---- a package that the archive never signed ----
verify() { "$assay" lock verify "$work/case" "${store[@]}" "${mirror[@]}" --keyring "$archive_keyring" -q; }
accepts 'the chain of the lock holds' verify
size=$(stat -c %s "$good")
cp "$good" "$work/one.deb"
archive_deb one <<'S'
file usr/bin/tool 0755 with a door at the back, and longer\n
S
sed -i -e "s/$want/$(digest_of "$good")/" -e "s/\"size\": $size,/\"size\": $(stat -c %s "$good"),/" "$work/case/assay.lock"
same 'a lock with a home-made package differs in digest and size' "$(diff "$work/first.lock" "$work/case/assay.lock" | grep -c '^>')" 2
accepts 'it can be built, since every hash in it is right' build
refuses 'but the archive never signed it' 1 verify "refused: stanza of 'one'"
cp "$work/first.lock" "$work/case/assay.lock"
cp "$work/one.deb" "$good"
accepts 'the lock from before still holds' verify

# ---- packages that want out of their place ----
# unpacks NAME PATTERN <SPEC: a package of these entries is refused, and the error names it and the member.
unpacks() {
	archive_deb crooked && archive_publish
	with_packages crooked
	refuses "$1" 2 lock_and_build "crooked" "$2"
	no_image "$1: and leaves no image"
}
unpacks 'a member that climbs out' "'\./\.\./'" <<<'file ../etc/passwd 0644 x'
unpacks 'an absolute member' "'\.//etc/?'" <<<'file /etc/passwd 0644 x'
unpacks 'a member through an absolute link' "'opt/etc/passwd' runs through 'opt/etc'" <<'S'
link opt/etc /etc
file opt/etc/passwd 0644 x
S
unpacks 'a member through a link to a link' "'opt/b/passwd' runs through 'opt/b'" <<'S'
link opt/a /etc
link opt/b a
file opt/b/passwd 0644 x
S
unpacks 'a member that is there twice' "'\./usr/x': 'usr/x' is there twice" <<'S'
file usr/x 0644 one
file usr/x 0644 two
S
unpacks 'a name with a control byte' "'\./usr/a\?\[2Jb'.*control character 0x1b" <<<"file usr/a"$'\e'"[2Jb 0644 x"
check 'and no control byte reaches the terminal' test -z "$(tr -d '\n\t -~' <"$work/said")"
unpacks 'a hard link to what is outside' "'\./usr/x': .*hard link.*'?\.\./\.\./etc/shadow" <<<'hard usr/x ../../etc/shadow'
# The folder is there for one package and a link for another: neither is followed.
archive_deb crooked <<<'link usr/share/two /etc' && archive_deb two <<<'file usr/share/two/passwd 0644 x' && archive_publish
with_packages 'crooked, two'
refuses "a link of one package is not another's folder" 2 lock_and_build 'usr/share/two' 'package:crooked' 'package:two'
