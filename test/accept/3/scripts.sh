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
direct "the drawbacks are stated" scripts_drawbacks

section "ordinary users"
unit "steps with a single id need nothing: as root and as nobody without any range" box suite seen_from_inside
unit "steps that need many ids use ranges of newuidmap" box_root nobody_with_ids nobody_with_few_ids hostile_lists
e2e "  with one an ordinary user gets the same bytes as root" configure 'one with ids builds it' 'and gets the same bytes as root' \
	'and leaves nothing in the store that is not his own'
e2e "  without one it is said so, with what to do" configure 'an ordinary user without ids is told so' 'one with too few, too'
