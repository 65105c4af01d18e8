#!/bin/bash
# Images that other tools made (mkfs.erofs, mkfs.fat and mtools, sgdisk, sfdisk, cpio, tar, dpkg-deb, ar), as the readers
# behind `assay diff` see them, against the files they were made of and what those tools list themselves.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
lister=$root/build/test/member-lister
cd "$work" || exit 1
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C TZ=UTC0

judge() { # NAME COMMAND...: as check, but what the command says is shown only when it fails
	local name=$1
	shift
	if "$@" >judge.log 2>&1; then ok "$name"; else bad "$name"; tail -8 judge.log; fi
}

# A tree with what file systems treat differently: names, sizes around blocks, links, holes, modes, times.
mkdir -p tree/bin tree/many tree/deep/er/est "tree/with blanks" tree/empty
for size in 0 1 31 2047 4095 4096 4097 8192 100000; do
	head -c $size <(yes "$size bytes") >tree/bin/$size
done
for i in $(seq 600); do echo "$i" >"tree/many/a file with a name that is rather long, number $i"; done
cp tree/bin/100000 tree/deep/er/est/copy
truncate -s 300000 tree/holes && printf end >>tree/holes
printf x | dd of=tree/holes bs=1 seek=150000 conv=notrunc status=none
ln tree/bin/4097 tree/bin/other-name
ln -s ../bin/1 tree/deep/link
ln -s "$(printf 'long/%.0s' $(seq 100))target" tree/deep/long-link
mkfifo tree/fifo
chmod 4755 tree/bin/31
chmod 700 tree/deep/er
find tree -print0 | xargs -0 touch -h -d @1600000000
touch -d @1234567890 tree/bin/1
xattrs=
for file in 0 1 4095 4096 8192; do # enough of one value for mkfs.erofs to share it
	"$lister" --xattr tree/bin/$file user.colour green && xattrs=yes
done
"$lister" --xattr tree/bin/4096 user.own "its own"

# What a lister should say of the tree; ROOT says whether the root itself is a member. Hard links as files.
wanted() { # FOLDER
	local kind mode owner time size path
	find "$1" -mindepth 1 -printf '%y %m %U:%G %Ts %s %P\n' | while read -r kind mode owner time size path; do
		case $kind in
		f) echo "f $mode $owner $time $size $(sha256sum <"$1/$path" | cut -d' ' -f1) $path" ;;
		l) echo "l $mode $owner $time 0 - $path -> $(readlink "$1/$path")" ;;
		*) echo "$kind $mode $owner $time 0 - $path" ;;
		esac
	done | sort -k 7
}
# Without facts, extended attributes and the root.
see() { # IMAGE
	"$lister" "$1" >listed.all || return
	grep -E '^[fdlcbpsh] ' listed.all | sed 's/ \[user.*\]$//' | grep -v ' - $' | sort -k 7
}
same_tree() { # NAME IMAGE WANTED
	see "$2" >listed
	judge "$1" diff "$3" listed
}
wanted tree >tree.list

# EROFS in the forms that mkfs.erofs has. Its compact inodes have one time for all.
sed -E 's/^([^ ]+ [^ ]+ [^ ]+) [0-9]+/\1 1600000000/' tree.list >one-time.list
erofs() { # NAME WANTED OPTIONS...
	local name=$1 want=$2
	shift 2
	rm -f fs.erofs
	judge "mkfs.erofs makes $name" mkfs.erofs --quiet "$@" fs.erofs tree
	same_tree "EROFS: $name" fs.erofs "$want"
}
erofs "extended inodes" tree.list -Eforce-inode-extended
judge "EROFS: the UUID that dump.erofs says" grep -qi "^fact UUID=$(dump.erofs -s fs.erofs | sed -n 's/^Filesystem UUID: *//p')$" listed.all
mkdir extracted
judge "fsck.erofs takes the same image apart" fsck.erofs --extract=extracted fs.erofs
if [ "$xattrs" ]; then
	judge "EROFS: extended attributes" grep -q ' bin/4096 \[user.colour=green\] \[user.own=its own\]$' listed.all
	same "EROFS: shared ones" 5 "$(grep -c 'user.colour=green' listed.all)"
else
	skip erofs-xattrs "no extended attributes in the file system of $work"
fi
erofs "compact inodes" one-time.list -T1600000000 -Eforce-inode-compact
erofs "chunks of 4096 bytes" tree.list --chunksize=4096
erofs "chunks of 64 KiB" tree.list --chunksize=65536
erofs "data without tails in inodes" tree.list -Enoinline_data
rm -f fs.erofs
judge "mkfs.erofs makes a compressed one" mkfs.erofs --quiet -zlz4 fs.erofs tree
judge "EROFS: what is compressed is named" sh -c "$lister fs.erofs | grep -q '^f 644 .* 100000 (compressed with LZ4) bin/100000$'"
judge "EROFS: what is not compressed is read all the same" sh -c \
	"$lister fs.erofs | grep -q \"^f 644 .* \$(sha256sum <tree/bin/2047 | cut -d' ' -f1) bin/2047$\""
rm -f fs.erofs blob
judge "mkfs.erofs makes one with a second device" mkfs.erofs --quiet --chunksize=4096 --blobdev=blob fs.erofs tree
judge "EROFS: what is on another device is named" sh -c "$lister fs.erofs | grep -q '^f 644 .* 100000 (on another device) bin/100000$'"

# FAT of each size: no modes, no owners, times of two seconds, no links.
fat() { # BITS KIB
	rm -f fs.fat
	judge "mkfs.fat makes FAT$1" mkfs.fat -F "$1" -i 1234abcd -n LABEL -C fs.fat "$2"
	judge "FAT$1: mcopy fills it" mcopy -s -m -Q -i fs.fat tree/bin tree/many tree/deep/er "tree/with blanks" ::/
	"$lister" fs.fat >listed.all
	sed -nE 's/^f 0 0:0 [0-9]+ ([0-9]+ [0-9a-f]{64} .*)/\1/p' listed.all | sort -k 3 >listed
	sed -nE 's#^f [0-9]+ [0-9:]+ [0-9]+ (.* )(deep/)?((bin|many|er|with).*)#\1\3#p' tree.list | sort -k 3 >fat.list
	judge "FAT$1: every file" diff fat.list listed
	judge "FAT$1: facts" sh -c "grep -qx 'fact type=FAT$1' listed.all && grep -qx 'fact volume id=1234-ABCD' listed.all &&
		grep -qx 'fact label of the root=LABEL' listed.all"
	judge "FAT$1: times" grep -q '^f 0 0:0 1234567890 1 .* bin/1$' listed.all
	alias=$(mdir -i fs.fat ::/many | sed -nE 's/^([A-Z0-9]+~[0-9A-F]+) .* number 7$/\1/p')
	judge "FAT$1: the alias that mdir shows" grep -q "number 7 alias=${alias:?} *$" listed.all
}
fat 12 2000
fat 16 20000
fat 32 70000

# Partition tables.
truncate -s 8M disk.img
judge "sgdisk makes a table" sgdisk -n 1:2048:+1M -t 1:ef00 -c 1:boot -n 5:8192:0 -c 5:"the root" -A 5:set:60 disk.img
dd if=/dev/urandom of=disk.img bs=1M seek=1 count=1 conv=notrunc status=none
"$lister" disk.img >listed.all
judge "GPT: partition 1 is what lies there" grep -q "^P 0 0:0 0 1048576 $(dd if=disk.img bs=1M skip=1 count=1 status=none | sha256sum | cut -d' ' -f1) 1$" listed.all
for n in 1 5; do
	sgdisk -i $n disk.img >entry
	for pair in "type:Partition GUID code" "GUID:Partition unique GUID"; do
		value=$(sed -n "s/^${pair#*:}: \([-0-9A-F]*\).*/\1/p" entry)
		judge "GPT: ${pair%%:*} of partition $n" grep -qi "^fact $n ${pair%%:*}=$value$" listed.all
	done
	judge "GPT: name of partition $n" grep -qx "fact $n name=$(sed -n "s/^Partition name: '\(.*\)'/\1/p" entry)" listed.all
done
judge "GPT: flags" grep -qx 'fact 5 flags=0x1000000000000000' listed.all
judge "GPT: sums and backup" sh -c "grep -qx 'fact checksums=hold' listed.all && grep -qx 'fact backup table=as the primary table' listed.all"
truncate -s 8M mbr.img
judge "sfdisk makes an MBR" sh -c "printf '%s\n' 'label: dos' '2048,2048,83,*' '4096,,5' '4098,1000,82' '6000,2000,83' | sfdisk -q mbr.img"
"$lister" mbr.img | grep '^P' | cut -d' ' -f5,7- >listed
sfdisk -l -o device,sectors mbr.img | sed -nE 's/^mbr.img([0-9]+) +([0-9]+)/\1 \2/p' >sectors
judge "MBR: partitions as sfdisk lists them" sh -c "awk '{ print \$NF, \$1 / 512 }' listed | sed 's/^2 0\$/2/' | sed 's/^2\$/2 X/' >mine; sed 's/^2 .*/2 X/' sectors | diff - mine"

# Archives. cpio gives the content of names of one file to the last of them.
(cd tree && find . | sort | cpio --quiet -o -H newc) >tree.cpio
grep -v ' bin/4097$' tree.list >no-twin.list
see tree.cpio >/dev/null
see tree.cpio | grep -v ' bin/4097$' >listed
judge "cpio: every member" diff no-twin.list listed
judge "cpio: as many as cpio lists" test "$(cpio -t --quiet <tree.cpio | wc -l)" = "$(grep -cE '^[fdlp] ' listed.all)"
(cat tree.cpio && cd tree/bin && echo ./1 | cpio --quiet -o -H newc | gzip -n) >two.cpio
judge "cpio: a compressed one behind it begins where it begins" sh -c "$lister two.cpio | grep -qx 'end $(stat -c %s tree.cpio)'"
# tar lists another name of a file as one; holes are read as zeros.
sed -E 's/^f (.*) [0-9]+ [0-9a-f]{64} (bin\/other-name)$/h \1 0 - \2 -> bin\/4097/' tree.list >tar.list
for format in gnu posix; do
	judge "tar makes $format" tar --sort=name --format=$format -C tree -cf tree.tar .
	same_tree "tar: $format" tree.tar tar.list
done
grep -v ' deep/long-link ' tar.list >ustar.list
judge "tar makes ustar" tar --sort=name --format=ustar --exclude=long-link -C tree -cf ustar.tar .
same_tree "tar: ustar" ustar.tar ustar.list
judge "tar makes one with holes" tar --sort=name -S --format=posix -C tree -cf holes.tar .
judge "tar: it is smaller" test "$(stat -c %s holes.tar)" -lt "$(stat -c %s tree.tar)"
same_tree "tar: with holes" holes.tar tar.list
for packed in "gz:gzip -n" "xz:xz -0" "zst:bsdtar --zstd -cf - @-"; do
	${packed#*:} <tree.tar >tree.tar.packed
	same_tree "tar: .${packed%%:*}" tree.tar.packed tar.list
done
mkdir -p deb/DEBIAN deb/usr/bin
printf 'Package: t\nVersion: 1\nArchitecture: all\nMaintainer: N <n@example.org>\nDescription: x\n' >deb/DEBIAN/control
cp tree/bin/4097 deb/usr/bin/tool
judge "dpkg-deb makes a package" dpkg-deb --root-owner-group -b deb t.deb
"$lister" t.deb >listed.all
ar t t.deb | sort >ar.list
judge "deb: members as ar lists them" sh -c "sed -n 's/^f .* //p' listed.all | diff - ar.list"
data=$(ar t t.deb | grep '^data')
judge "deb: contents as ar gives them" grep -q " $(ar p t.deb "$data" | sha256sum | cut -d' ' -f1) $data$" listed.all
ar p t.deb "$data" >data.packed
judge "deb: files as dpkg-deb lists them" sh -c "$lister data.packed | sed -nE 's/^f .* (usr.*)/\1/p' | grep -qx usr/bin/tool"
cp tree/bin/1 one.o
cp tree/bin/31 an-object-with-a-long-name.o
judge "ar makes a library" ar rcU library.a one.o an-object-with-a-long-name.o
judge "ar: long names and times" sh -c "$lister library.a | grep -q \"^f 755 .* \$(stat -c %Y an-object-with-a-long-name.o) 31 .* an-object-with-a-long-name.o$\""

# What is not looked into has its name.
truncate -s 2M ext4.img
judge "mkfs.ext4 makes an image" mkfs.ext4 -q ext4.img
judge "ext4 is named" sh -c "$lister ext4.img 2>&1 | grep -qx 'no reader for ext4'"
