# A dm-verity hash tree has a random salt and a random UUID unless both are given.
truncate -s 64K image
veritysetup format image tree >/dev/null
mv tree /out/result
