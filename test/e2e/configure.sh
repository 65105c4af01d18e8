#!/bin/bash
# configure: scripts, with packages made here whose scripts leave what scripts leave: dates, users, modes, keys, logs. dpkg,
# a shell and their libraries are this machine's.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
archive_can configure || exit 0
for tool in dpkg useradd ldconfig start-stop-daemon ldd; do
	PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || { skip configure "no $tool"; exit 0; }
done
PATH=$PATH:/usr/sbin:/sbin
at_end() { archive_end; }
archive_start || { bad "an archive can be signed"; exit 1; }

archive_minimum
{
	echo 'control Essential: yes'
	archive_tools sh dpkg dpkg-deb dpkg-split dpkg-divert diff tar rm ldconfig start-stop-daemon useradd groupadd \
		date cat id stat mkdir chmod chown ln mv mktemp head od rmdir
	printf '%s\n' 'folder var/lib/dpkg 0755' 'folder tmp 1777' 'folder run 0755' 'folder var/log 0755' \
		'folder etc/ssh 0755' 'file etc/login.defs 0644 UID_MIN 1000\n' 'file etc/nsswitch.conf 0644 passwd: files\ngroup: files\n'
} | archive_deb dpkg 1 amd64
archive_deb one 1 amd64 <<'S'
control Depends: late
file usr/bin/one 0755 one\n
file etc/one.conf 0644 of the package\n
file usr/share/one/removed 0644 gone\n
member conffiles /etc/one.conf\n
member preinst #!/bin/sh\nset -e\n[ ! -e /usr/bin/one ] && [ ! -e /etc/one.order ] && [ "$1" = install ]\necho preinst >/etc/one.order\n
member postinst #!/bin/sh\nset -e\n[ -e /etc/late.done ]\necho postinst >>/etc/one.order\ndate +%Y-%m >/etc/one.month\nid -u pinned >/etc/one.pinned\nuseradd -r -M one\nchown one:daemon /usr/bin/one\nchmod 4750 /usr/bin/one\nrm /usr/share/one/removed\necho more >>/usr/share/doc/late\nln -s /etc/one.month /etc/one.link\nmkdir -m 700 /var/lib/one\nhead -c 8 /dev/urandom | od -An -tx1 >/etc/one.random\nmktemp -u >>/etc/one.random\ncat /proc/sys/kernel/hostname >/etc/one.host\necho log >/var/log/one.log\necho x >/run/one\necho x >/tmp/one\necho secret >/etc/ssh/ssh_host_made_key\necho x >/etc/machine-id\n
S
archive_deb late 1 <<'S'
file usr/share/doc/late 0644 late\n
member postinst #!/bin/sh\nset -e\n[ ! -e /etc/one.month ]\necho done >/etc/late.done\n
S
archive_deb early 1 <<'S'
control Pre-Depends: one
member preinst #!/bin/sh\n[ -s /etc/one.month ]\n
S
archive_deb bad 1 <<'S'
member postinst #!/bin/sh\necho this script fails\nexit 3\n
S
archive_deb key 1 <<'S'
member postinst #!/bin/sh\nmkdir -p /etc/key\necho "-----BEGIN PRIVATE KEY-----" >/etc/key/made.pem\n
S
archive_deb divert 1 <<'S'
control Depends: one
file usr/bin/one 0755 of divert\n
member preinst #!/bin/sh\ndpkg-divert --package divert --add --rename --divert /usr/bin/one.real /usr/bin/one\n
S
archive_deb replace 1 <<'S'
control Depends: late\nReplaces: late
file usr/share/doc/late 0644 of replace\n
S
archive_deb alink 1 <<'S'
link usr/share/linked base-passwd
S
archive_deb below 1 <<'S'
file usr/share/linked/below 0644 below\n
S
archive_publish

# describe PACKAGES [SED]
describe() {
	rm -rf "$work/case" && mkdir -p "$work/case"
	archive_description "$1" | sed 's/^image:/image:\n  configure: scripts\n  users: [{name: pinned, uid: 321, gid: 321}]/' |
		sed "${2:-}" >"$work/case/assay.yaml"
}
mirror=(--mirror "$work/mirror")
store=$work/store
lock() { "$assay" lock "$work/case" --store "$store" "${mirror[@]}" --keyring "$archive_keyring" -q; }
build() { "$assay" build "$work/case" -o "$work/out" --store "$store" "${mirror[@]}" -q; }
lock_and_build() { lock && rm -rf "$work/out" && build; }
# refuses NAME COMMAND PATTERN...
refuses() {
	local name=$1 command=$2 code=0 pattern
	shift 2
	$command >"$work/said" 2>&1 || code=$?
	[ "$code" = 2 ] || { bad "$name: exit $code: $(tail -2 "$work/said")"; return; }
	for pattern; do
		grep -qE -- "$pattern" "$work/said" || { bad "$name: nothing like '$pattern' in: $(tail -4 "$work/said")"; return; }
	done
	ok "$name"
}
change() { # PATH: what happened to it, in words
	jq -r --arg p "$1" '[.configured.changes[] | select(.path == $p)
		| .change, (.in // [])[], .kind, .mode, "\(.uid):\(.gid)", .target // empty] | join(" ")' "$work/out/manifest.json"
}
changed() { # PATH WORDS
	local is
	is=$(change "$1")
	if [ "$is" = "$2" ]; then ok "$1: ${2:-nothing}"; else bad "$1 is '$is', wanted '$2'"; fi
}
content() { # PATH TEXT: the file of the root has these bytes
	same "$1 holds '${2%\\n}'" "$(jq -r --arg p "$1" '.["root-files"][] | select(.path == $p) | .sha256' "$work/out/manifest.json")" \
		"$(printf '%b' "$2" | sha256sum | cut -d' ' -f1)"
}
origin() { jq -r --arg p "$1" '.["root-files"][] | select(.path == $p).origin' "$work/out/manifest.json"; }
records() { grep -l assay.configured/1 "$store"/results/* 2>/dev/null | wc -l; }

# ---- scripts run, in the right order, and what they change is listed ----
describe 'kernel, early'
if ! lock_and_build >"$work/said" 2>&1; then
	cat "$work/said" "$store"/logs/* 2>/dev/null
	bad 'an image whose packages have scripts is built'
	exit 1
fi
ok 'an image whose packages have scripts is built'
content etc/one.order 'preinst\npostinst\n'
content etc/one.month '2023-11\n'
content etc/one.pinned '321\n'
content etc/one.host 'assay\n'
changed etc/one.month 'added file 0644 0:0'
changed etc/one.link 'added link 0777 0:0 /etc/one.month'
changed usr/bin/one 'changed mode owner file 4750 320:1'
changed usr/share/doc/late 'changed content file 0644 0:0'
changed usr/share/one/removed 'removed file 0644 0:0'
changed var/lib/one 'added folder 0700 0:0'
changed etc/passwd 'changed content file 0644 0:0'
changed etc/one.conf ''
for left in var/log/one.log run/one tmp/one etc/ssh/ssh_host_made_key etc/machine-id etc/passwd- usr/sbin/policy-rc.d \
	var/lib/dpkg/status-old var/log/dpkg.log run/assay; do
	changed "$left" ''
done
same 'nothing of the box itself is listed' "$(jq '[.configured.changes[].path | select(test("^(dev|proc|sys)(/|$)"))] | length' "$work/out/manifest.json")" 0
"$assay" show "$work/out" --store "$store" >"$work/shown"
check 'show counts them' grep -qE '^  [0-9]+ paths added, [0-9]+ changed, 1 removed' "$work/shown"
check 'and says who is in the machine' grep -qE '^  one +320 ' "$work/shown"
"$assay" show "$work/out" --store "$store" --scripts >"$work/shown"
check 'and lists them' grep -qx 'changed  usr/bin/one (mode, owner)' "$work/shown"
check 'in JSON, too' test "$("$assay" show "$work/out" --store "$store" --json |
	jq -r '.configured[] | select(.path == "usr/share/one/removed").change')" = removed
same "dpkg's database is dpkg's own" "$(origin var/lib/dpkg/status)" scripts
same 'what no script touched is of its package' "$(origin etc/one.conf)" package:one

# ---- the result is one of the store, and the same when it is made again ----
digests "$work/out" >"$work/first"
echo '# another text' >>"$work/case/assay.yaml"
check 'another description with the same packages is built' build
same 'with the result of the store' "$(records)" 1
rm -rf "$store/results" "$store/sysroots" && mkdir "$store/results" "$store/sysroots"
sed -i '$d' "$work/case/assay.yaml"
rm -rf "$work/out"
check 'the scripts run again' build
digests "$work/out" >"$work/second"
check 'and give the same bytes' cmp "$work/first" "$work/second"

# ---- check varies what scripts see, and names what they took from the machine ----
"$assay" check "$work/case" --store "$store" "${mirror[@]}" -q >"$work/said" 2>&1
check 'check: all varied, the box gives the same bytes' grep -qE '^image +identical: 6 of 6 outputs' "$work/said"
check 'check says that many ids allow no other user' grep -q '^not effective: outside-user for image: maintainer scripts' "$work/said"
"$assay" check "$work/case" --store "$store" "${mirror[@]}" --plain -q >"$work/said" 2>&1
# cause FILE CAUSE: in what check said
cause() { grep -A1 "EROFS > $1\$" "$work/said" | grep -q "^ *$2, proved"; }
check "check: without the box a script's date is TIME" cause etc/one.month TIME
check 'a host name is IDENTITY' cause etc/one.host IDENTITY
check 'and random bytes are RANDOM' cause etc/one.random RANDOM

# ---- order of the description's own parts ----
mkdir -p "$work/case/over/etc"
echo 'of the overlay' >"$work/case/over/etc/one.month"
sed -i 's/^  exclude:/  overlays: [over]\n&/' "$work/case/assay.yaml"
check 'an overlay is laid over what scripts made' build
content etc/one.month 'of the overlay\n'

# ---- what goes wrong ----
describe 'kernel, bad'
refuses 'a script that fails ends the build' lock_and_build 'this script fails' "the image's dpkg failed" \
	"^hint: all that it printed is in '.*/logs/configure-"
describe 'kernel, key'
refuses 'a private key is no part of an image' lock_and_build "made the private key '/etc/key/made.pem'" '^hint: everyone'
describe 'kernel, key' 's#^  exclude:.*#  exclude: ["boot/**", "etc/key/*"]#'
check 'unless the description takes it out' lock_and_build
describe 'kernel, divert'
check 'a package may divert a file of another' lock_and_build
content usr/bin/one 'of divert\n'
content usr/bin/one.real 'one\n'
describe 'kernel, replace, alink, below'
check 'a package may replace a file of another' lock_and_build
content usr/share/doc/late 'of replace\n'
content usr/share/base-passwd/below 'below\n'
changed usr/share/linked/below ''
describe 'kernel, replace' '/configure: scripts/d'
refuses 'which without scripts is a matter of prefer' lock_and_build "'usr/share/doc/late' is claimed twice"
describe 'kernel, one' '/configure: scripts/d'
check 'without configure: scripts none runs' lock_and_build
check 'and the manifest says nothing of it' jq -e 'has("configured") | not' "$work/out/manifest.json"
describe 'kernel, one' 's/configure: scripts/configure: some/'
refuses 'another word is refused' lock 'neither none nor scripts'
describe kernel 's/^packages:.*/packages: [kernel]\nleave-out: [dpkg]/'
refuses 'without dpkg nothing can be configured' lock_and_build 'needs dpkg' '^hint: .*leave-out'

# ---- an ordinary user: many ids come from /etc/subuid ----
if [ "$(id -u)" != 0 ] || ! command -v newuidmap >/dev/null || ! [ -f /etc/subuid ]; then
	skip configure-user "needs root, newuidmap and /etc/subuid"
	exit
fi
describe 'kernel, early'
mkdir -p "$work/user"
cp -r "$work/case" "$work/user/case"
chmod 755 "$work" && chown -R 65534:65534 "$work/user"
cat >"$work/user.sh" <<'U'
mount --bind "$1" /etc/subuid && mount --bind "$1" /etc/subgid || exit 9
cd "$2" && shift 2
exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all env -i HOME="$PWD" PATH="$PATH" "$@"
U
# as_user SUBUID-TEXT: locks and builds as nobody, for whom /etc/subuid says this
as_user() {
	printf '%b' "$1" >"$work/subid"
	unshare --mount --propagation private sh "$work/user.sh" "$work/subid" "$work/user" sh -c "
		'$assay' lock case --store store --mirror '$work/mirror' --keyring '$archive_keyring' -q &&
		'$assay' build case -o out --store store --mirror '$work/mirror' -q"
}
without() { as_user ''; }
refuses 'an ordinary user without ids is told so' without "'/etc/subuid' gives user 'nobody' no range" \
	'^hint: .*usermod --add-subuids .*uidmap'
too_few() { as_user 'nobody:300000:1000\n'; }
refuses 'one with too few, too' too_few "'/etc/subuid' gives user 'nobody' no range of 65535"
check 'one with ids builds it' as_user 'other:100000:65536\nnobody:300000:65536\n'
(cd "$work/user/out" && sha256sum disk.img manifest.json) >"$work/third"
same 'and gets the same bytes as root' "$(grep -cxFf "$work/third" "$work/first")" 2
check 'and leaves nothing in the store that is not his own' test -z "$(find "$work/user/store" ! -user nobody)"
