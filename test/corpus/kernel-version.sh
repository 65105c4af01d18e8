# The running kernel's own text.
cat /proc/version >/out/result
