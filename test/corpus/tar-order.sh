# tar takes files as readdir gives them.
umask 022
mkdir data
for name in e b a d c; do echo "$name" >"data/$name"; done
tar --owner=0 --group=0 --numeric-owner --mtime=@1 -cf /out/result data
