# KBUILD_BUILD_TIMESTAMP=1 does not mean one second after 1970 to date(1), but today at one o'clock; "@1" does.
KBUILD_BUILD_TIMESTAMP=1
echo "mtime=$(date -d "$KBUILD_BUILD_TIMESTAMP" +%s)" >/out/result
