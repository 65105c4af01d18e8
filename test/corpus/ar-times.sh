# ar keeps times, owners and modes where it is told to (U), or was built to.
umask 022
echo 'int one;' | gcc -c -x c -o one.o -
ar qcU /out/result one.o
