# stub.sh: systemd's stub for unified kernel images, and nothing else of systemd, from Debian's source package in the current folder.
# Flags, folders and date are those of Debian's build, so that it is the file of Debian's package systemd-boot-efi.
# shellcheck shell=sh
set -e
made=$PWD/obj-x86_64-linux-gnu # error texts name sources as they are seen from there
mkdir /tmp/bin
ln -s "$(command -v mawk)" /tmp/bin/awk # update-alternatives would
export PATH=/tmp/bin:$PATH
quietly() { "$@" >/tmp/log 2>&1 || { tail -n 60 /tmp/log; exit 1; }; }

version=$(sed -n '1s/^systemd (\([^)]*\)).*/\1/p' debian/changelog)
# The time stamp in the header of a PE image.
SOURCE_DATE_EPOCH=$(date -d "$(sed -n 's/^ -- .*>  //p' debian/changelog | head -n 1)" +%s)
export SOURCE_DATE_EPOCH
# Debian's note of the package takes no room in the stub, and still moves what comes after it.
cat >/tmp/note.specs <<S
*link:
+ --package-metadata={\\"type\\":\\"deb\\",\\"os\\":\\"debian\\",\\"name\\":\\"systemd\\",\\"version\\":\\"$version\\",\\"architecture\\":\\"amd64\\",\\"debugInfoUrl\\":\\"https://debuginfod.debian.net\\"}

S
export CFLAGS="-g -O2 -Werror=implicit-function-declaration -ffile-prefix-map=$PWD=. -flto=auto -ffat-lto-objects -fPIE \
	-fstack-protector-strong -fstack-clash-protection -Wformat -Werror=format-security -fcf-protection"
export CPPFLAGS='-Wdate-time -D_FORTIFY_SOURCE=2'
export LDFLAGS='-flto=auto -ffat-lto-objects -fPIE -pie -Wl,-z,relro -specs=/tmp/note.specs'
quietly meson setup "$made" --wrap-mode=nodownload --buildtype=plain --auto-features=disabled -Dmode=release -Dtests=false \
	-Dbootloader=enabled -Dversion-tag="$version" -Dsbat-distro=debian '-Dsbat-distro-summary=Debian GNU/Linux' \
	-Dsbat-distro-url=https://tracker.debian.org/pkg/systemd
quietly ninja -C "$made" src/boot/linuxx64.efi.stub
cp "$made/src/boot/linuxx64.efi.stub" /out
