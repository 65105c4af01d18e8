# A PE image whose debug information names the folder of the compilation, as edk2's GenFw leaves it there.
. /src/enter
echo 'int one = 1;' >one.c
gcc -g -c -o one.o one.c
ld -m i386pep --no-insert-timestamp -e one -o /out/result one.o
