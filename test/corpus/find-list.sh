# A list of files as the file system gives them.
for name in e b a d c; do echo "$name" >"$name.c"; done
find . -name '*.c' >/out/result
