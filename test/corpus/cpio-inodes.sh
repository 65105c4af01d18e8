# cpio's newc keeps inode numbers unless `--reproducible` is given.
umask 022
mkdir -p root/etc
echo one >root/etc/one
touch -d @1 root/etc/one root/etc root
(cd root && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >/out/result
