# A record is written with all its fields, and most of them were never set.
gcc -O0 -o stale-bytes /src/stale-bytes.c
./stale-bytes >/out/result
