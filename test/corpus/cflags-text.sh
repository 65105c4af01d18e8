# The compiler's flags as a text in the program, as OpenSSL's mkbuildinf.pl has it: with them the folder that one of them shall hide.
. /src/enter
flags="-O2 -ffile-prefix-map=$PWD=."
echo "const char flags[] = \"$flags\";" >info.c
gcc $flags -c -o /out/result info.c
