#!/bin/bash
# examples/from-source/kernel/check-config on a small tree that resolves options as the kernel does: an option that comes out
# otherwise than it was asked for, one that nobody knows, and a configuration that is not resolved are errors.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
command -v make >/dev/null || { skip "a kernel's configuration" "no make"; exit; }
kernel=$root/examples/from-source/kernel
mkdir "$work/tree" "$work/asked"
cd "$work/tree" || exit

# DISK needs BUS; NET selects CRC; SPEED is 3 unless given.
printf 'config BUS\n\tbool\nconfig DISK\n\tdepends on BUS\nmenuconfig NET\n\tselect CRC\nconfig CRC\n\tbool\nconfig SPEED\n\tint\n' >Kconfig
cat >Makefile <<'M'
allnoconfig:
	@cp $(KCONFIG_ALLCONFIG) .config
olddefconfig:
	@sh resolve
M
cat >resolve <<'R'
get() { sed -n "s/^CONFIG_$1=//p" .config; }
bus=$(get BUS) disk=$(get DISK) net=$(get NET) crc=$(get CRC) speed=$(get SPEED)
[ "$bus" = y ] || disk=
[ "$net" = y ] && crc=y
for o in BUS=$bus DISK=$disk NET=$net CRC=$crc SPEED=${speed:-3}; do
	case $o in
	*=) echo "# CONFIG_${o%=} is not set" ;;
	*) echo "CONFIG_$o" ;;
	esac
done >new
mv new .config
R
asked() { printf '%s\n' "$@" >"$work/asked/requested"; }
resolved() { sh "$kernel/check-config" --resolve "$work/asked" >"$work/asked/config" 2>"$work/said"; }
held() { sh "$kernel/check-config" "$work/asked" >"$work/said" 2>&1; }
# refuses NAME LINE COMMAND: it fails and says this line
refuses() {
	if $3; then bad "$1: it was taken"; elif grep -qF -- "$2" "$work/said"; then ok "$1"; else bad "$1: $(cat "$work/said")"; fi
}

asked CONFIG_BUS=y CONFIG_DISK=y '# CONFIG_NET is not set' CONFIG_SPEED=4
check "what was asked for is resolved" resolved
same "  as the kernel does it" "CONFIG_BUS=y CONFIG_DISK=y # CONFIG_NET is not set # CONFIG_CRC is not set CONFIG_SPEED=4" "$(paste -sd' ' "$work/asked/config")"
check "  and holds" held
check "  with the configuration in place" cmp "$work/asked/config" .config
asked CONFIG_DISK=y
refuses "an option whose dependency is missing" "CONFIG_DISK: want y, got n" resolved
asked CONFIG_NET=y '# CONFIG_CRC is not set'
refuses "an option that another one selects" "CONFIG_CRC: want n, got y" resolved
asked CONFIG_BUS=y CONFIG_BOGUS=y
refuses "an option that there is not" "CONFIG_BOGUS: want y, got nothing: this kernel has no such option" resolved
asked CONFIG_BUS=y '# CONFIG_BOGUS is not set'
refuses "  also where it shall be off" "CONFIG_BOGUS: want n, got nothing" resolved
asked CONFIG_BUS=y CONFIG_SPEED=5 && resolved
asked CONFIG_BUS=y CONFIG_SPEED=6
refuses "a configuration with another value than was asked for" "CONFIG_SPEED: want 6, got 5" held
asked CONFIG_BUS=y && resolved && sed -i 's/# CONFIG_DISK.*/CONFIG_DISK=y/; s/CONFIG_BUS=y/# CONFIG_BUS is not set/' "$work/asked/config"
refuses "a configuration that olddefconfig changes" "CONFIG_DISK: the committed configuration has y, olddefconfig makes it n" held
asked CONFIG_BUS=y && resolved && sed -i '/CRC/d' "$work/asked/config"
refuses "a configuration that lacks an option" "'config' is not what olddefconfig makes of it" held
asked
refuses "a list that asks for nothing" "'requested' asks for nothing" held

# The committed one, as far as it can be seen without the kernel's sources.
value() { sed -n "s/^CONFIG_$1=//p" "$kernel/config"; }
wrong=
while read -r line; do
	case $line in
	CONFIG_*) grep -qxF -- "$line" "$kernel/config" ;;
	*) ! grep -qE "^$(cut -d' ' -f2 <<<"$line")=" "$kernel/config" ;;
	esac || wrong="$wrong ${line#\# }"
done < <(grep -E '^(# )?CONFIG_' "$kernel/requested")
same "examples/from-source: every option that was asked for is in the configuration" "none" "${wrong:-none}"
for option in MODULES MODULE_SIG GCC_PLUGINS LOCALVERSION_AUTO DEBUG_INFO DEBUG_INFO_BTF RANDSTRUCT IKHEADERS; do
	same "  and without $option" "off" "$(value "$option")off"
done
