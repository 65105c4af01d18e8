# Maintainer scripts, and ordinary users: the checks of test/accept/3.sh and their lines. Sourced, not run.
# shellcheck shell=bash disable=SC2154 # root: test/demand.sh
# Each drawback of doc/configure.md, and the short list in the man page.
scripts_drawbacks() {
	local n
	n=$(sed -n '/^## Drawbacks/,$p' "$root/doc/configure.md" | grep -c '^- \*\*')
	[ "$n" -ge 8 ] || return
	[ "$(sed -n '/^# CONFIGURE/,/^# EXAMPLE/p' "$root/man/assay.yaml.5.scd" | grep -c '^- ')" -ge 6 ] || return
	echo "$n drawbacks in doc/configure.md, a short list in assay.yaml(5)"
}
# The table of what is dropped names every pattern that the code drops.
scripts_table() {
	local glob n=0
	while read -r glob; do
		glob=${glob%/\*\*} glob=${glob#\*}
		n=$((n + 1))
		sed -n '/^## What is dropped/,/^## Drawbacks/p' "$root/doc/configure.md" | grep -qF "${glob##*/}" ||
			{ case $glob in var/lib/dpkg/*) continue ;; esac; echo "doc/configure.md does not name $glob"; return 1; }
	done < <(sed -nE 's/^\t\{ "([^"]+)", (true|false) \},$/\1/p' "$root/src/build/configure_leftover.c")
	[ "$n" -gt 20 ] && echo "$n patterns"
}

# The root of a real set against what mmdebstrap makes of the same packages: paths, kinds, modes below 01000 (fsck.erofs
# leaves out the others), owners, contents. What may differ: what is dropped or mended, what is the machine's, apt's own files,
# what assay makes again (ld.so.cache, modules.*), byte code (by digest where the source date is fixed, else by time).
scripts_may_differ='^\./(boot/initrd\.img-|dev|etc/(.*-|\.pwd\.lock|apt/.*|fstab|g?shadow|hostname|ld\.so\.cache|machine-id|resolv\.conf|ssh/ssh_host_.*)$|run/|usr/lib/modules/[^/]*/modules\.|.*/__pycache__/|var/(cache|lib)/apt|var/cache/debconf/.*-old|var/lib/dpkg/(arch|available|.*-old|lock|lock-frontend|triggers/(File|Lock))$|var/log/)'
scripts_list() { # FOLDER
	(cd "$1" && find . -mindepth 1 -printf '%p\t%y\t%m\t%U:%G\t%l\n' | awk -F'\t' -v OFS='\t' '{ $3 = $2 == "l" ? "" : substr("0000" $3, length($3) + 2); print }' | sort &&
		find . -type f -print0 | sort -z | xargs -0 sha256sum | sed -E 's/^([^ ]*)  (.*)/\2\tsum\t\1/')
}
scripts_against_mmdebstrap() {
	local d=$work/mmdebstrap mirror packages=dpkg,systemd-sysv,dbus,openssh-server,ca-certificates,perl,python3,linux-image-cloud-amd64 at size n
	mirror=$(sed -nE 's#^(URIs: *|deb +(\[[^]]*\] +)?)(https?://[^ ]*/debian)/?( .*)?$#\3#p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -1)
	[ "$(id -u)" = 0 ] && command -v mmdebstrap >/dev/null && [ -n "$mirror" ] || { echo "needs root, mmdebstrap and a mirror"; return 3; }
	mkdir -p "$d/set" "$d/theirs"
	cat >"$d/set/assay.yaml" <<-Y
	format: assay/1
	name: compared
	suites: [{archive: debian, suite: trixie, components: [main]}]
	packages: [${packages//,/, }]
	firmware: {packages: [ovmf, systemd-boot-efi], code: usr/share/OVMF/OVMF_CODE_4M.fd, vars: usr/share/OVMF/OVMF_VARS_4M.fd}
	image: {configure: scripts, kernel: "boot/vmlinuz-*", stub: usr/lib/systemd/boot/efi/linuxx64.efi.stub}
	platforms: []
	Y
	"$assay" lock "$d/set" --store "$store" -q && "$assay" build "$d/set" -o "$d/out" --store "$store" -q || return
	read -r at size < <(jq -r '.outputs.disk.root | "\(.at) \(.size)"' "$d/out/manifest.json")
	dd if="$d/out/disk.img" of="$d/root.img" bs=4096 skip=$((at / 4096)) count=$((size / 4096)) status=none
	fsck.erofs --extract="$d/ours" --preserve "$d/root.img" >/dev/null || return
	mmdebstrap --quiet --variant=essential --include="$packages" trixie "$d/theirs.tar" "$mirror" || return
	tar -C "$d/theirs" -xpf "$d/theirs.tar" --numeric-owner --exclude './dev/*' || return
	scripts_list "$d/ours" >"$d/ours.list"
	scripts_list "$d/theirs" >"$d/theirs.list"
	n=$(wc -l <"$d/theirs.list")
	diff "$d/ours.list" "$d/theirs.list" | sed -nE 's/^[<>] ([^\t]*)\t.*/\1/p' | sort -u >"$d/differ"
	if grep -vE "$scripts_may_differ" "$d/differ"; then return 1; fi
	[ "$n" -gt 10000 ] && echo "$n lines compared, $(grep -vc pycache "$d/differ") paths differ, all of them expected"
}

section "maintainer scripts, when a description asks"
e2e "configure: scripts: the image's own dpkg runs them in the box" configure 'an image whose packages have scripts is built' \
	"etc/one.order holds 'preinst" "etc/one.host holds 'assay'" "dpkg's database is dpkg's own"
e2e "  only when asked" configure 'without configure: scripts none runs' 'another word is refused'
unit "  in an order that keeps pre-dependencies" configure_order essential_first pre_dependencies circle refused
e2e "  diversions, replaced files: what only dpkg does" configure 'a package may divert a file of another' "usr/bin/one.real holds 'one'"
e2e "what they changed is listed as a tree difference" configure 'etc/one.month: added' 'usr/bin/one: changed mode owner' \
	'usr/share/doc/late: changed content' 'usr/share/one/removed: removed' 'show counts them' 'and lists them' 'in JSON, too'
unit "  added, changed in kind, content, mode, owner; removed; and read as hostile bytes" configure_delta changes leftovers records
e2e "left-overs that differ each time are dropped by a fixed list" configure 'var/log/one.log: nothing' 'run/one: nothing' \
	'etc/ssh/ssh_host_made_key: nothing' 'etc/machine-id: nothing' 'etc/passwd-: nothing' 'var/lib/dpkg/status-old: nothing'
direct "  which doc/configure.md explains" scripts_table
e2e "twice made, the same bytes" configure 'the scripts run again' 'and give the same bytes'
e2e "equal inputs run once: the difference is kept under its derivation" configure 'another description with the same packages is built' 'with the result of the store'
e2e "a script that fails is shown, and where all of its output is" configure 'a script that fails ends the build'
e2e "a private key that a script made is refused" configure 'a private key is no part of an image' 'unless the description takes it out'
e2e "with it any set of packages builds: one that does not without" configure-scripts 'without scripts this set does not build' 'with scripts it does' \
	'dpkg says that all of its packages are configured' 'python3 and perl run in it' 'made again it has the same bytes'
direct_slow "  and is what mmdebstrap makes of the same packages" scripts_against_mmdebstrap
e2e "what remains is found by check, which runs the scripts again" configure 'check: all varied, the box gives the same bytes' \
	"check: without the box a script's date is TIME" 'a host name is IDENTITY' 'and random bytes are RANDOM'
direct "the drawbacks are stated" scripts_drawbacks

section "ordinary users"
unit "steps with a single id need nothing: as root and as nobody without any range" box seen_from_inside
unit "steps that need many ids use ranges of newuidmap" box_root nobody_with_ids nobody_with_few_ids hostile_lists
e2e "  with one an ordinary user gets the same bytes as root" configure 'one with ids builds it' 'and gets the same bytes as root' \
	'and leaves nothing in the store that is not his own'
e2e "  without one it is said so, with what to do" configure 'an ordinary user without ids is told so' 'one with too few, too'
