# edk2.sh ovmf|amdsev|inteltdx: one variant of OVMF (RELEASE, X64) from Debian's source package edk2 in the current folder, with
# edk2's own tools below /need. Version, date and flags of ovmf are those of debian/rules, so that it is the file of Debian's
# package ovmf. For bash, since edksetup.sh is sourced.
# shellcheck shell=bash
set -e
variant=$1
shift
quietly() { "$@" >/tmp/log 2>&1 || { tail -n 60 /tmp/log; exit 1; }; }

version=$(sed -n '1s/^edk2 (\([^)]*\)).*/\1/p' debian/changelog)
date=$(date -u -d "$(sed -n 's/^ -- .*>  //p' debian/changelog | head -n 1)" +%m/%d/%Y)
# "build" puts the quotes around these texts itself.
flags=(--pcd 'PcdFirmwareVendor=LDebian distribution of EDK II\0'
	--pcd "PcdFirmwareVersionString=L$version\\0"
	--pcd "PcdFirmwareReleaseDateString=L$date\\0")
case $variant in
ovmf)
	platform=OvmfPkg/OvmfPkgX64.dsc folder=OvmfX64
	flags+=(-DCC_MEASUREMENT_ENABLE=TRUE -DNETWORK_HTTP_BOOT_ENABLE=TRUE -DNETWORK_IP6_ENABLE=TRUE -DNETWORK_TLS_ENABLE
		-DTPM2_ENABLE=TRUE --pcd PcdUninstallMemAttrProtocol=TRUE)
	;;
amdsev)
	# Kernel, initrd and command line come from QEMU, and their hashes lie in the launch digest. So it does without the boot
	# loader that upstream puts into it: a grub that edk2's build would have to find on the machine.
	platform=OvmfPkg/AmdSev/AmdSevX64.dsc folder=AmdSev
	sed -i -e '/^ *PREBUILD *= *sh OvmfPkg\/AmdSev\/Grub\/grub\.sh\r\?$/d' -e '/OvmfPkg\/AmdSev\/Grub\/Grub\.inf\r\?$/d' OvmfPkg/AmdSev/AmdSevX64.{dsc,fdf}
	if grep -n 'Grub/' OvmfPkg/AmdSev/AmdSevX64.{dsc,fdf}; then exit 1; fi
	;;
inteltdx)
	platform=OvmfPkg/IntelTdx/IntelTdxX64.dsc folder=IntelTdx
	flags+=(-DBUILD_SHELL=FALSE)
	;;
*) exit 2 ;;
esac

cp -r /need/edk2-tools/bin BaseTools/Source/C
# Workers, one a processor, write the code of modules from a queue. The size of a PCD's first value stays behind in the worker, and
# a shorter value of another module keeps it: IScsiDxe's "no" has three bytes or four, by which worker took it. So there is one
# worker, which goes by the queue's order.
sed -i '/auto_workers = /s/range(self\.ThreadNumber)/range(1)/' BaseTools/Source/Python/build/build.py
grep -q 'auto_workers = .* in range(1)' BaseTools/Source/Python/build/build.py
# GenFw puts the path of each module's debug file into its PE image. In a RELEASE build it makes it zeros, but they are as many: so
# the folder's name is as long as that of Debian's build, /build/reproducible-path/edk2-2025.02.
workspace=/tmp/folder-with-a-name-of-32-letters
ln -s "$PWD" "$workspace"
cd "$workspace"
export GCC5_BIN='' PYTHON3_ENABLE=TRUE
. ./edksetup.sh
quietly build -q -a X64 -t GCC5 -b RELEASE -p "$platform" "${flags[@]}"
mv Build/$folder/RELEASE_GCC5/FV/OVMF*.fd /out
