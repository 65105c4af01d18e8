# How long this machine has been up is a time, too.
cut -d' ' -f1 /proc/uptime >/out/result
