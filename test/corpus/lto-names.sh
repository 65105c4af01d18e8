# Names of sections of link-time optimisation end in random letters unless `-frandom-seed` is given.
echo 'int one = 1;' | gcc -flto -c -x c -o one.o -
readelf -SW one.o | grep -o -m 1 'gnu.lto_[^ ]*' >/out/result
