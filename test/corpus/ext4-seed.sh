# ext4: the UUID is given, the seed of its folder hashes is not.
export E2FSPROGS_FAKE_TIME=1
truncate -s 256K image
mke2fs -q -t ext4 -O ^has_journal -U 11111111-2222-3333-4444-555555555555 image
mv image /out/result
