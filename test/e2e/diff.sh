#!/bin/bash
# assay diff: a difference planted at each layer, in what others' tools made and in what assay made, is found and named,
# and what only follows from it is not.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin
maker=$root/build/test/image-maker
cd "$work" || exit 1
export TZ=UTC SOURCE_DATE_EPOCH=1000000000

# wants NAME TOOL...: true when all tools are there, else the test is skipped.
wants() {
	local name=$1 tool
	shift
	for tool; do
		command -v "$tool" >/dev/null && continue
		skip "$name" "no $tool"
		return 1
	done
}
# differs A B: runs it; exit code, text and derived lines go to code, said, follow.
differs() {
	code=0
	"$assay" diff "$1" "$2" --all "${@:3}" >out.txt 2>err.txt || code=$?
	said=$(sed '/ more follows\? from /,$d' out.txt)
	follow=$(sed '1,/ more follows\? from /d' out.txt)
	head=$(head -1 out.txt)
}
# first NAME WHERE: exit 1 and the first difference stands there
first() {
	if [ "$code" = 1 ] && [ "$head" = "$2" ]; then
		ok "$1"
	else
		bad "$1: exit $code, first '$head', wanted '$2'"
		cat err.txt
	fi
}
says() { # NAME TEXT
	if grep -qF -- "$2" <<<"$said"; then ok "$1"; else bad "$1: '$2' is not in: $said"; fi
}
follows() { # NAME TEXT
	if grep -qF -- "$2" <<<"$follow"; then ok "$1"; else bad "$1: '$2' is not among what follows: $follow"; fi
}
alone() { same "$1" "$(grep -c '^[^ ]' <<<"$said")" 1; } # NAME: one difference and no other
equal() { # NAME A B
	differs "$2" "$3"
	same "$1" "$code $head" "0 no difference"
}

# Two trees of files, alike.
for t in a b; do
	mkdir -p $t/etc $t/usr/bin
	printf 'one\ntwo\nthree\n' >$t/etc/conf
	head -c 20000 /dev/zero | tr '\0' x >$t/usr/bin/tool
	ln -s conf $t/etc/link
	find $t -exec touch -hd @1000000000 {} +
done
equal "two folders of the same" a b

# --- folders ---
cp -a b c
printf 'one\n2\nthree\n' >c/etc/conf
touch -d @1000000000 c/etc/conf
differs a c
first "a line of a file" "etc/conf"
says "it is named by its number" "line 2"
says "both lines are shown: A" "A two"
says "both lines are shown: B" "B 2"
alone "and it is the only one"
cp -a b d
chmod 600 d/etc/conf
ln -sfn other d/etc/link
mkdir d/new
touch d/new/inner
touch -d @1000000077 d/usr/bin/tool
differs a d
says "a mode" "another mode"
says "a link's target" "other links"
says "what one has alone" "only B has it"
same "what lies in a new folder goes without saying" "$(grep -c inner <<<"$said")" 0
same "times of the disk mean nothing" "$(grep -c 'another time' <<<"$said")" 0
differs a d --times
says "unless they are asked for" "another time"

# --- archives ---
tar_of() { tar --sort=name --owner=0 --group=0 --numeric-owner -C "$1" "${@:3}" -cf "$2" .; }
tar_of a a.tar
tar_of c c.tar
differs a.tar c.tar
first "a line in a tar" "tar > etc/conf"
tar_of a m.tar --mtime=@1000000001
differs a.tar m.tar
says "times in a tar" "another time"
tar --owner=7 --group=0 --numeric-owner --sort=name -C a -cf o.tar .
differs a.tar o.tar
says "owners in a tar" "A 0:0"
tar --owner=0 --group=0 --numeric-owner -C a -cf order.tar ./usr ./etc
tar --owner=0 --group=0 --numeric-owner -C a -cf order2.tar ./etc ./usr
differs order.tar order2.tar
says "the order of members" "in another order"
gzip -nk a.tar
gzip -nk c.tar
differs a.tar.gz c.tar.gz
first "through gzip" "tar > etc/conf"
gzip -Nc a.tar >named.gz
differs a.tar.gz named.gz
first "gzip's own time stamp" "gzip mtime"
if wants "xz and zstd" xz zstd; then
	for z in xz zstd; do
		$z -qkf a.tar -c >a.$z
		$z -qkf c.tar -c >c.$z
		differs a.$z c.$z
		first "through $z" "tar > etc/conf"
	done
	xz -0kc a.tar >a0.xz
	differs a.xz a0.xz
	first "the same content, compressed otherwise" "xz"
fi
if wants "cpio" cpio; then
	cpio_of() { (cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc --quiet "${@:3}" >"../$2"); }
	cpio_of a a.cpio --reproducible
	cpio_of c c.cpio --reproducible
	differs a.cpio c.cpio
	says "a line in a cpio" "cpio > etc/conf"
	cpio_of a inodes.cpio
	cpio_of b inodes2.cpio
	differs inodes.cpio inodes2.cpio
	says "inode numbers" "cpio > inode numbers"
	# As an initrd is: microcode, and a compressed archive behind it.
	{ cat a.cpio; gzip -nc a.cpio; } >a.initrd
	{ cat a.cpio; gzip -nc c.cpio; } >c.initrd
	differs a.initrd c.initrd
	says "an archive behind an archive" "behind it > cpio > etc/conf"
fi
if wants "dpkg-deb" dpkg-deb; then
	for t in a c; do
		cp -a $t pkg-$t
		mkdir pkg-$t/DEBIAN
		printf 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n' >pkg-$t/DEBIAN/control
		dpkg-deb --root-owner-group -b pkg-$t $t.deb >/dev/null
	done
	differs a.deb c.deb
	says "a line in a Debian package" "data.tar.xz > tar > etc/conf"
fi

# --- file systems ---
if wants "mkfs.erofs" mkfs.erofs; then
	erofs_of() { mkfs.erofs -T1000000000 --all-root "${@:3}" "$2" "$1" >/dev/null 2>&1; }
	uuid=11111111-2222-4333-8444-555555555555
	erofs_of a a.erofs -U $uuid
	erofs_of c c.erofs -U $uuid
	differs a.erofs c.erofs
	first "a line in an EROFS" "EROFS > etc/conf"
	alone "its checksum is no difference of its own"
	follows "it follows" "EROFS > checksum"
	erofs_of a u.erofs -U 99999999-2222-4333-8444-555555555555
	differs a.erofs u.erofs
	first "a random UUID" "EROFS > UUID"
	env -u SOURCE_DATE_EPOCH mkfs.erofs -T1000000555 --all-root -U $uuid t.erofs a >/dev/null 2>&1
	differs a.erofs t.erofs
	says "times of an EROFS" "EROFS > build time"
	# A byte of the superblock that means nothing, beside a content of the same size.
	cp -a a e
	printf 'one\nTWO\nthree\n' >e/etc/conf
	touch -d @1000000000 e/etc/conf
	erofs_of e e.erofs -U $uuid
	printf x | dd of=e.erofs bs=1 seek=1151 conv=notrunc status=none
	differs a.erofs e.erofs
	says "a byte that no file and no field holds" "EROFS > between its members"
	says "beside a line" "EROFS > etc/conf"
	cp -a a h
	ln h/usr/bin/tool h/usr/bin/tool2
	cp -a a h2
	cp -a h2/usr/bin/tool h2/usr/bin/tool2
	find h h2 -exec touch -hd @1000000000 {} +
	erofs_of h h.erofs -U $uuid
	erofs_of h2 h2.erofs -U $uuid
	differs h.erofs h2.erofs
	first "a hard link" "EROFS > usr/bin/tool2"
	says "in words" "A usr/bin/tool"
	alone "the file that stands there twice takes room, which is no difference of its own"
	erofs_of a z.erofs -U $uuid -zlz4hc
	sed 's/x/y/' c/usr/bin/tool >z
	cp -a c z2
	cat z >z2/usr/bin/tool
	touch -d @1000000000 z2/usr/bin/tool
	erofs_of z2 z2.erofs -U $uuid -zlz4hc
	differs z.erofs z2.erofs
	same "compressed files are not silently equal" "$code" 1
	follows "what was not compared is said" "compressed with LZ4 and were not compared"
fi
if wants "mkfs.vfat and mtools" mkfs.vfat mcopy; then
	fat_of() { # TREE IMAGE ID
		rm -f "$2"
		truncate -s 8M "$2"
		mkfs.vfat --invariant -i "$3" "$2" >/dev/null
		MTOOLS_SKIP_CHECK=1 mcopy -smpi "$2" "$1/etc/conf" "$1/usr/bin/tool" ::
	}
	fat_of a a.fat 11112222
	fat_of c c.fat 11112222
	fat_of a i.fat 33334444
	differs a.fat c.fat
	first "a line in a FAT" "FAT > conf"
	differs a.fat i.fat
	first "a volume id" "FAT > volume id"
	alone "and nothing else"
fi

# --- disks ---
if wants "sgdisk" sgdisk && [ -f a.erofs ] && [ -f a.fat ]; then
	disk_of() { # ESP ROOT IMAGE GUID
		truncate -s 32M "$3"
		sgdisk -a 2048 -U "$4" -n 1:2048:+8M -t 1:ef00 -c 1:esp -u 1:11111111-1111-4111-8111-111111111111 \
			-n 2:20480:+8M -t 2:8304 -c 2:root -u 2:22222222-2222-4222-8222-222222222222 "$3" >/dev/null
		dd if="$1" of="$3" bs=1M seek=1 conv=notrunc status=none
		dd if="$2" of="$3" bs=512 seek=20480 conv=notrunc status=none
	}
	disk_of a.fat a.erofs a.img aaaaaaaa-0000-4000-8000-000000000000
	disk_of a.fat c.erofs c.img aaaaaaaa-0000-4000-8000-000000000000
	disk_of a.fat a.erofs g.img bbbbbbbb-0000-4000-8000-000000000000
	differs a.img c.img
	first "a line of a file, in a file system, in a partition" "partition 2 (root) > EROFS > etc/conf"
	alone "and nothing else"
	differs a.img g.img
	first "a random disk GUID" "GPT > disk GUID"
	says "it moves the partition table's register" "moves PCR 5"
	alone "the table's CRCs are no difference of their own"
	follows "they follow" "GPT > header's checksum"
	cp a.img gap.img
	printf x | dd of=gap.img bs=1 seek=1000000 conv=notrunc status=none
	differs a.img gap.img
	first "a byte that no partition holds" "outside of partitions"
fi

if wants "veritysetup" veritysetup sgdisk && [ -f a.img ]; then
	verity_of() { veritysetup format --salt "$3" --uuid 11111111-2222-4333-8444-555555555555 "$1" "$2" >/dev/null; }
	add_verity() { # DISK HASHES IMAGE
		cp "$1" "$3"
		sgdisk -n 3:40960:+2M -t 3:8300 -c 3:hashes -u 3:33333333-3333-4333-8333-333333333333 "$3" >/dev/null
		dd if="$2" of="$3" bs=512 seek=40960 conv=notrunc status=none
	}
	verity_of a.erofs a.hash aabb
	verity_of c.erofs c.hash aabb
	verity_of a.erofs s.hash ccdd
	add_verity a.img a.hash av.img
	add_verity c.img c.hash cv.img
	add_verity a.img s.hash sv.img
	add_verity a.img c.hash wrong.img
	differs av.img cv.img
	first "a line in a root with hashes of veritysetup" "partition 2 (root) > EROFS > etc/conf"
	alone "and nothing else"
	follows "its hash tree follows" "partition 3 (hashes) > hash tree"
	differs av.img sv.img
	first "a random salt" "partition 3 (hashes) > verity salt"
	follows "the hash tree follows from it" "partition 3 (hashes) > hash tree"
	differs av.img wrong.img
	first "hashes that nothing explains" "partition 3 (hashes) > hash tree"
	differs a.hash s.hash
	first "an area of hashes alone" "verity salt"
fi

# --- programs ---
if wants "gcc and objcopy" gcc objcopy; then
	printf 'int one(void){return 1;}\nint two(void){return 2;}\nconst char s[]="built at noon";int main(void){return one()+two()+s[0];}\n' >p.c
	sed 's/noon/dawn/' p.c >q.c
	sed 's/return 2/return 3/' p.c >r.c
	for p in p q r; do gcc -g -Wl,--build-id -x c -o $p - <$p.c; done
	differs p q
	says "a string in a program" "ELF .rodata"
	says "in the object that holds it" "in s"
	follows "its build-id follows" "ELF .note.gnu.build-id"
	differs p r
	says "a function" "in two"
	objcopy --update-section .comment=<(printf 'GCC: other\0') p k
	differs p k
	says "the compiler's mark" "ELF .comment"
	objcopy --remove-section .note.gnu.build-id p nobuild
	objcopy --update-section .note.gnu.build-id=<(objcopy -O binary --only-section .note.gnu.build-id p /dev/stdout | tr '\0' '\1') p otherid
	differs p otherid
	first "a build-id that nothing explains is a difference" "ELF .note.gnu.build-id"
fi

# --- images of assay's own writers ---
stub=/usr/lib/systemd/boot/efi/linuxx64.efi.stub
"$maker" root . >/dev/null && "$maker" cpio . >/dev/null && "$maker" fat . >/dev/null && "$maker" disk . >/dev/null
cp disk.raw own.raw
equal "an image of assay and its copy" disk.raw own.raw
if [ -f $stub ] && "$maker" uki . $stub >/dev/null; then
	cp uki.efi other.efi
	objcopy --update-section .cmdline=<(printf 'quiet splash') uki.efi other.efi
	differs uki.efi other.efi
	says "a command line in a UKI" "UKI .cmdline"
	says "and its registers" "moves PCR 4, 9, 11"
	if wants "sbsign" sbsign openssl; then
		openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -subj /CN=x -days 3 2>/dev/null
		for u in uki other; do sbsign --key k.pem --cert c.pem --output $u.signed $u.efi 2>/dev/null; done
		differs uki.efi uki.signed
		first "a signature that the other has not" "PE signature"
		differs uki.signed other.signed
		says "a command line under a signature" "UKI .cmdline"
		follows "the signature follows" "PE signature"
	fi
else
	skip "UKI" "no systemd-boot-efi"
fi

# --- what cannot be answered ---
code=0
"$assay" diff a.tar nothing >/dev/null 2>err.txt || code=$?
same "a file that is not there: no answer" "$code" 2
code=0
"$assay" diff a a.tar >/dev/null 2>err.txt || code=$?
same "a folder and a file: no answer" "$code" 2

mkfifo fifo
code=0
timeout 10 "$assay" diff fifo a.tar >/dev/null 2>err.txt || code=$?
same "a fifo: no answer, and no wait for a writer" "$code" 2
code=0
"$assay" diff a c --html fifo >/dev/null 2>err.txt || code=$?
same "a page is not put in the place of a fifo" "$code $(stat -c %F fifo)" "2 fifo"

# --- one is shorter ---
head -c 300 /dev/zero | tr '\0' '\201' >long
head -c 200 long >short
differs long short
says "where the shorter one ends is said" "B (ends)"

# --- hostile names, and the page ---
mkdir -p name1 name2
evil=$'x\e[2J<script>alert(1)<\n"&\''
echo 1 >"name1/$evil"
echo 2 >"name2/$evil"
code=0
"$assay" diff name1 name2 --html page.html >out.txt || code=$?
same "hostile names: exit 1" "$code" 1
plain() { ! LC_ALL=C grep -q $'\033' "$1"; }
check "the terminal gets no escape" plain out.txt
check "the page has no script" sh -c '! grep -qi "<script" page.html'
check "the page loads nothing" sh -c '! grep -Eqi "(src|href)=|url\(|@import" page.html'
check "the name is shown" grep -qF '&lt;script&gt;' page.html
"$assay" diff name1 name2 --json >out.json
if wants "jq" jq; then
	same "JSON: the format" "$(jq -r .format out.json)" assay.diff/1
	same "JSON: where, as it is" "$(jq -r '.differences[0].where[0]' out.json)" "$evil"
	same "JSON: sides" "$(jq -r '.differences[0] | .a + .b' out.json)" $'1\n2'
fi
"$assay" diff a.tar c.tar --json >1.json
"$assay" diff a.tar c.tar --json >2.json
check "JSON: the same each time" cmp 1.json 2.json
