# Debug information names the folder of the compilation.
. /src/enter
echo 'int one = 1;' >one.c
gcc -g -c -o /out/result one.c
