# mkfs.erofs: with a UUID and without a time it takes the clock.
umask 022
unset SOURCE_DATE_EPOCH
mkdir data
echo one >data/one
touch -d @1 data data/one
mkfs.erofs -U 11111111-2222-3333-4444-555555555555 --all-root image data >/dev/null
mv image /out/result
