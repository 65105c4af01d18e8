# nasm keeps the name of its source as it was given, and edk2 gives whole paths; no prefix map of the compiler helps there.
. /src/enter
echo 'one: dq 1' >one.nasm
nasm -f elf64 -o /out/result "$PWD/one.nasm"
