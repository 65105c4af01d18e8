# The host's own files, copied.
cat /etc/hostname >/out/result
