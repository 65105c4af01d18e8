# mkfs.erofs with a time and without a UUID.
umask 022
mkdir data
echo one >data/one
touch -d @1 data data/one
mkfs.erofs -T1 --all-root image data >/dev/null
mv image /out/result
