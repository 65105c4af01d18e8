# hello's root and its registers, looked at by others' tools. Sourced by test/accept/1.sh.
# shellcheck shell=bash disable=SC2154,SC2317

root_dpkg_lists() {
	LC_ALL=C dpkg-query --admindir="$work/root/var/lib/dpkg" -W -f '${db:Status-Abbrev} ${Package} ${Version} ${Architecture}\n' | sort >"$work/dpkg.found"
	jq -r '.packages[] | select(.sets | index("image")) | "ii  \(.name) \(.version) \(.architecture)"' "$hello/assay.lock" | LC_ALL=C sort >"$work/dpkg.said"
	[ "$(wc -l <"$work/dpkg.said")" -gt 20 ] && diff "$work/dpkg.said" "$work/dpkg.found" || return
	[ "$(dpkg -l --root="$work/root" | grep -c '^ii ')" = "$(wc -l <"$work/dpkg.said")" ] && echo "$(wc -l <"$work/dpkg.found") packages, as locked"
}
# Who has which file: what a scanner asks.
root_dpkg_knows_files() {
	dpkg --root="$work/root" -S /usr/lib/systemd/systemd | grep -q '^systemd: ' && [ -z "$(dpkg --root="$work/root" --audit)" ] &&
		echo "$(dpkg --root="$work/root" -L systemd | wc -l) paths of systemd, --audit is silent"
}
# ldconfig makes a cache of its own for the same root: the same names, the same files.
root_ld_cache() {
	local copy=$work/ldroot n
	rm -rf "$copy" && mkdir -p "$copy/usr" "$copy/etc" && cp -a "$work/root/usr/lib" "$work/root/usr/lib64" "$copy/usr/" &&
		ln -s usr/lib "$copy/lib" && ln -s usr/lib64 "$copy/lib64" && cp -a "$work"/root/etc/ld.so.conf* "$copy/etc/" || return
	ldconfig -r "$copy" -X -C /theirs || { echo "ldconfig -r needs root"; return 3; }
	list() { ldconfig -p -C "$1" | sed -n 's,^\t\(.*\) => \(/usr\)\{0\,1\}/\(.*\)$,\1 /\3,p' | LC_ALL=C sort; }
	list "$copy/theirs" >"$work/ld.theirs" && list "$work/root/etc/ld.so.cache" >"$work/ld.ours" && n=$(wc -l <"$work/ld.ours")
	rm -rf "$copy"
	[ "$n" -gt 20 ] && diff "$work/ld.theirs" "$work/ld.ours" && echo "$n libraries, the same as ldconfig's"
}
root_modprobe() {
	local version module n=0
	version=$(ls "$work/root/usr/lib/modules")
	while read -r module; do
		module=$(basename "$module")
		modprobe -d "$work/root" -S "$version" --show-depends "${module%.ko*}" >"$work/modprobe" || return
		while read -r _ f _; do [ -f "$f" ] || return; done <"$work/modprobe"
		[ -s "$work/modprobe" ] && n=$((n + 1))
	done < <(find "$work/root/usr/lib/modules" -name '*.ko*')
	[ "$(modprobe -d "$work/root" -S "$version" --show-depends virtio_net | wc -l)" = 3 ] && [ $n -ge 2 ] && echo "$n modules with what they need"
}
root_identity() {
	grep -qx 'IMAGE_ID=hello' "$work/root/etc/os-release" && [ "$(cat "$work/root/etc/hostname")" = hello ] && [ -f "$work/root/etc/machine-id" ] &&
		[ ! -s "$work/root/etc/machine-id" ] && grep '^PRETTY_NAME' "$work/root/etc/os-release"
}
# Merged /usr, and nothing that a package put beside it.
root_is_usr_merged() {
	local d n=0
	for d in bin sbin lib lib64; do [ "$(readlink "$work/root/$d")" = "usr/$d" ] || return; n=$((n + 1)); done
	[ -x "$work/root/usr/lib/systemd/systemd" ] && echo "$n links into usr"
}
# Every account and its ids stand in the description or in a package with a fixed number; the description's are as it says.
root_users_are_pinned() {
	local row n=0
	while read -r row; do
		grep -qE "^$row" "$work/root/etc/passwd" || { echo "no $row"; return 1; }
		n=$((n + 1))
	done < <(sed -nE 's/^    - \{name: ([a-z-]+), uid: ([0-9]+), gid: ([0-9]+).*/\1:[^:]*:\2:\3:/p' "$hello/assay.yaml")
	[ $n -ge 3 ] && [ "$(cut -d: -f3 "$work/root/etc/passwd" | sort | uniq -d | wc -l)" = 0 ] &&
		[ "$(cut -d: -f1 "$work/root/etc/passwd" | sort | md5sum)" = "$(cut -d: -f1 "$work/root/etc/shadow" | sort | md5sum)" ] &&
		echo "$n declared of $(wc -l <"$work/root/etc/passwd") users"
}
root_units() {
	local unit n=0
	while read -r unit; do
		[ "$(readlink "$work/root/etc/systemd/system/$unit")" = /dev/null ] || { echo "$unit is not masked"; return 1; }
		n=$((n + 1))
	done < <(sed -n '/^    mask:/,/^  [a-z]/p' "$hello/assay.yaml" | sed -nE 's/^      - "?([^"]+)"?$/\1/p')
	[ -L "$work/root/etc/systemd/system/multi-user.target.wants/assay-attester.service" ] && [ $n -ge 10 ] && echo "$n masked, the attester enabled"
}
root_links() {
	local path target n=0
	while read -r path target; do
		[ "$(readlink "$work/root/${path%:}")" = "$target" ] || { echo "$path $target"; return 1; }
		n=$((n + 1))
	done < <(sed -n '/^  links:/,/^  [a-z]*:.*[^a-z]*$/{s/^    //p}' "$hello/assay.yaml")
	[ $n -ge 3 ] && echo "$n links"
}
# umask and git leave 0664 and 0600 behind; the tree has 0644 and 0755, owner root, one time.
root_overlay_is_normalised() {
	local f n=0
	while read -r f; do
		[[ "$(stat -c '%a %u %g' "$work/root/$f")" =~ ^(644|755)\ 0\ 0$ ]] || { echo "$f: $(stat -c '%a %u %g' "$work/root/$f")"; return 1; }
		n=$((n + 1))
	done < <(jq -r '.inputs.overlays[].path' "$out/manifest.json")
	[ $n -gt 0 ] && echo "$n overlay files"
}
# No file is younger than the lock's epoch.
root_times_are_clamped() {
	local epoch newest
	epoch=$(jq -r '."source-date-epoch"' "$out/manifest.json")
	newest=$(find "$work/root" -printf '%T@\n' | cut -d. -f1 | sort -n | tail -n 1)
	[ "$newest" -gt 1000000000 ] && [ "$newest" -le "$epoch" ] && echo "newest $newest, epoch $epoch"
}

# ---- closed to the host ----
closed_command_line() {
	local word n=0
	image_section .cmdline "$work/cmdline" || return
	for word in systemd.import_credentials=no systemd.gpt_auto=0 systemd.getty_auto=no systemd.debug_shell=no systemd.crash_shell=no \
		module.sig_enforce=1 ro; do
		tr -d '\0' <"$work/cmdline" | tr ' ' '\n' | grep -qxF -- "$word" || { echo "no $word"; return 1; }
		n=$((n + 1))
	done
	# The kernel takes this word as a yes, whatever stands behind it.
	! grep -q sysrq_always_enabled "$work/cmdline" && echo "$n words, none that turns sysrq on"
}
closed_accounts() {
	awk -F: '$2 !~ /^[!*]/ { print $1 " has a password"; bad = 1 } END { exit bad || NR < 10 }' "$work/root/etc/shadow" &&
		grep -q '^root:[!*]' "$work/root/etc/shadow" && echo "$(wc -l <"$work/root/etc/shadow") accounts, all locked"
}
closed_shells() {
	local unit n=0
	for unit in getty@.service serial-getty@.service autovt@.service console-getty.service container-getty@.service debug-shell.service \
		rescue.service rescue.target emergency.service emergency.target getty.target; do
		[ "$(readlink "$work/root/etc/systemd/system/$unit")" = /dev/null ] || { echo "$unit"; return 1; }
		n=$((n + 1))
	done
	grep -rhqE '^kernel\.sysrq *= *0$' "$work/root/etc/sysctl.d" && echo "$n units masked, kernel.sysrq = 0"
}
closed_phases() {
	local unit n=0
	for unit in systemd-pcrphase-initrd systemd-pcrphase-sysinit systemd-pcrphase systemd-pcrmachine systemd-pcrfs-root; do
		[ "$(readlink "$work/root/etc/systemd/system/$unit.service")" = /dev/null ] || return
		n=$((n + 1))
	done
	echo "$n units masked"
}

# ---- registers ----
values_of() { jq -r --arg b "$2" ".shapes[0].registers[] | select(.register == $1) | .values[\$b]" "$out/reference-values.json"; }
values_are_made_as_said() {
	jq -e '.shapes[0] | .name == "qemu-vtpm" and .banks == ["sha256", "sha384"] and
		([.registers[] | "\(.register) \(.how)"] == ["0 observed", "1 not-predictable"] + [(2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14) | "\(. ) computed"]) and
		all(.registers[]; .reason | length > 10) and
		all(.registers[] | select(.how != "not-predictable"); (.values.sha256 | length == 64) and (.values.sha384 | length == 96))' \
		"$out/reference-values.json" >/dev/null && echo "11 computed, PCR 0 observed, PCR 1 not predictable, 2 banks"
}
# shellcheck disable=SC2001 # a pattern of two characters
unhex() { printf %b "$(sed 's/../\\x&/g' <<<"$1")"; }
# fold SHA-BITS DIGEST...: a register after these events
fold() {
	local bits=$1 value
	shift
	value=$(printf '0%.0s' $(seq $((bits / 4))))
	for digest; do value=$({ unhex "$value"; unhex "$digest"; } | "sha${bits}sum" | cut -d' ' -f1); done
	echo "$value"
}
values_are_folds() {
	local bank register n=0
	for bank in 256 384; do
		for register in 2 3 4 5 6 7 9 11 12 13 14; do
			# shellcheck disable=SC2046 # one word for each event
			[ "$(fold $bank $(jq -r ".shapes[0].events[] | select(.register == $register) | .digests.sha$bank" "$out/reference-values.json"))" = \
				"$(values_of $register sha$bank)" ] || { echo "PCR $register of $bank"; return 1; }
			n=$((n + 1))
		done
	done
	echo "$n values folded with sha256sum and sha384sum"
}
# PCR 11, and the command line in PCR 9, from the finished kernel image alone: sections by objcopy, digests by sha256sum.
# (The stub adds to the initrd what only a boot shows; test/e2e/boot.sh compares it.)
values_follow_from_uki() {
	local bank s eleven line n=0
	for bank in 256 384; do
		eleven=()
		for s in .linux .osrel .cmdline .initrd .uname .sbat; do
			image_section $s "$work/section$s" || return
			eleven+=("$(printf '%s\0' $s | "sha${bank}sum" | cut -d' ' -f1)" "$("sha${bank}sum" <"$work/section$s" | cut -d' ' -f1)")
		done
		line=$({ tr -d '\0' <"$work/section.cmdline"; printf '\0'; } | iconv -f UTF-8 -t UTF-16LE | "sha${bank}sum" | cut -d' ' -f1)
		[ "$(fold $bank "${eleven[@]}")" = "$(values_of 11 sha$bank)" ] || { echo "PCR 11 of $bank"; return 1; }
		[ "$(jq -r "[.shapes[0].events[] | select(.register == 9)][0].digests.sha$bank" "$out/reference-values.json")" = "$line" ] ||
			{ echo "the command line in PCR 9 of $bank"; return 1; }
		n=$((n + 2))
	done
	echo "$n values by objcopy and sha*sum"
}
values_inputs() {
	local ovmf stub
	ovmf=$(jq -r '.packages[] | select(.name == "ovmf") | .version' "$hello/assay.lock") stub=$(jq -r '.packages[] | select(.name == "systemd-boot-efi") | .version' "$hello/assay.lock")
	jq -e --arg o "$ovmf" --arg s "$stub" --arg f "$(sha256sum <"$out/firmware/OVMF_CODE.fd" | cut -d' ' -f1)" '[.shapes[0].inputs[] | {(.name): .value}] | add |
		."firmware-version" == $o and ."stub-version" == $s and .firmware == $f' "$out/reference-values.json" >/dev/null && echo "ovmf $ovmf, stub $stub"
}
values_coverage() {
	local layer n=0
	for layer in firmware "firmware variables" kernel initrd "command line" "root file system" "option ROMs" "ACPI tables"; do
		jq -e --arg l "$layer" '.shapes[0].coverage | any(.layer == $l and (.by | length > 0))' "$out/reference-values.json" >/dev/null || { echo "$layer"; return 1; }
		n=$((n + 1))
	done
	"$assay" measure "$out" --store "$store" | grep -q '^  root file system .*PCR 9, PCR 11' && echo "$n layers, in the file and in assay measure"
}
