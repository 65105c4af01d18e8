# A squashfs has the time when it was made.
umask 022
unset SOURCE_DATE_EPOCH
mkdir data
echo one >data/one
touch -d @1 data data/one
mksquashfs data /out/result -all-root -no-progress -quiet >/dev/null
