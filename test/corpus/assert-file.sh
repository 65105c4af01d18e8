# `__FILE__` of a file that was named with its whole path.
. /src/enter
echo 'const char file[] = __FILE__;' >one.c
gcc -c -o /out/result "$PWD/one.c"
