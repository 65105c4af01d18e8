#!/bin/bash
# the stub's time stamp and the length of edk2's paths, with and without the settings that close them
# reads: firmware assay.yaml assay.lock
# shellcheck source=test/from-source/frame
. "$(dirname "$0")/frame"
fetched
# A PE header has a time: elf2efi takes SOURCE_DATE_EPOCH, else the clock.
changed unset systemd-stub ''
sed -i 's/^export SOURCE_DATE_EPOCH$/unset SOURCE_DATE_EPOCH/' "$work/unset/firmware/stub.sh"
check "without its date the stub can be compared" compare unset "$work/unset" systemd-stub --vary clock
if identical unset systemd-stub; then bad "  the trap: it differs"; else ok "  the trap: it differs"; fi
same "  by time" TIME "$(causes unset systemd-stub)"
check "in the box, with another machine around it, it can be compared" compare box "$work/unset" systemd-stub
check "  and is identical" identical box systemd-stub
check "with its date it can be compared" compare set "$description" systemd-stub --vary clock
check "  and is identical, without the box" identical set systemd-stub

# One module of edk2: the path of its debug file is in its PE image; RELEASE makes zeros of it, as many as it is long.
lean() { # NAME BUILD FOLDER: in a copy of the description, inteltdx is that module only, built so in that folder
	changed "$1" inteltdx ''
	sed -i -e "s,^quietly build .*,quietly build -q -a X64 -t GCC5 -b $2 -p \$platform -m MdeModulePkg/Universal/Metronome/Metronome.inf \"\${flags[@]}\"," \
		-e "s,^mv Build/.*,cp Build/IntelTdx/$2_GCC5/X64/Metronome.efi /out/OVMF.fd," -e "s,^workspace=.*,workspace=$3; mkdir -p \"/tmp\$HOME\"," "$work/$1/firmware/edk2.sh"
}
lean debug DEBUG "/tmp\$HOME/here"
check "a module in the work folder, for debugging, can be compared" compare debug "$work/debug" inteltdx --vary home
same "  the trap: its PE image names the folder, here named after HOME" IDENTITY "$(causes debug inteltdx)"
lean length RELEASE "/tmp\$HOME/here"
check "it can be for release" compare length "$work/length" inteltdx --vary home
if identical length inteltdx; then bad "  the trap: the length of the path moves it"; else ok "  the trap: the length of the path moves it"; fi
lean fixed RELEASE /tmp/here
check "in a folder that nothing moves it can be" compare fixed "$work/fixed" inteltdx --vary home
check "  and is the same" identical fixed inteltdx
