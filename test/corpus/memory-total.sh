# A cache as large as the builder's memory allows.
sed -n 's/^MemTotal: *//p' /proc/meminfo >/out/result
