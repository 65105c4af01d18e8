# ldconfig's auxiliary cache holds inode and change time of each library.
mkdir -p root/usr/lib root/etc root/var/cache/ldconfig
gcc -shared -nostdlib -Wl,-soname,libone.so.1 -o root/usr/lib/libone.so.1 -x c /dev/null
/usr/sbin/ldconfig -r root -X -C /etc/ld.so.cache /usr/lib >/dev/null 2>&1
cp root/var/cache/ldconfig/aux-cache /out/result
