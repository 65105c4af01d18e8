# FAT has local times: a fixed time of a file is another one elsewhere.
unset SOURCE_DATE_EPOCH
truncate -s 64K image
mkfs.fat --invariant image >/dev/null
echo one >one
touch -d @1000000000 one
mcopy -m -i image one ::one
mv image /out/result
