# `--build-id=uuid` names a program by chance; by default it is named by its bytes.
echo 'int main(void) { return 0; }' | gcc -Wl,--build-id=uuid -x c -o program -
readelf -n program | grep 'Build ID' >/out/result
