# What is free on the disk right now.
stat -f -c %f /out >/out/result
