# The identifier of this boot of the machine.
cat /proc/sys/kernel/random/boot_id >/out/result
