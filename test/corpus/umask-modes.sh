# Modes of fresh files follow the umask.
mkdir data
echo one >data/one
tar --owner=0 --group=0 --numeric-owner --mtime=@1 --sort=name -cf /out/result data
