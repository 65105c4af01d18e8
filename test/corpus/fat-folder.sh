# mmd stamps a folder with the clock.
unset SOURCE_DATE_EPOCH
truncate -s 64K image
mkfs.fat --invariant image >/dev/null
mmd -i image ::EFI
mv image /out/result
