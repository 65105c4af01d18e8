# Members of a tar belong to who made them.
umask 022
mkdir data
echo one >data/one
tar --sort=name --mtime=@1 -cf /out/result data
