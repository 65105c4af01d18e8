# Without -i mkfs.fat takes the volume's number from the clock.
unset SOURCE_DATE_EPOCH
truncate -s 64K image
mkfs.fat image >/dev/null
mv image /out/result
