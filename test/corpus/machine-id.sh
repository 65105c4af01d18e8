# What systemd-machine-id-setup does: takes what is there, else makes one up.
cat /etc/machine-id 2>/dev/null >/out/result || tr -d - </proc/sys/kernel/random/uuid >/out/result
