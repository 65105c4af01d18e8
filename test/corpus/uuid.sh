# An identifier for each build.
cat /proc/sys/kernel/random/uuid >/out/result
