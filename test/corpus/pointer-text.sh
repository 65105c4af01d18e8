# Addresses as names, keys or comments.
gcc -pie -fPIE -o pointer-text /src/pointer-text.c
./pointer-text >/out/result
