# A PE image, as firmware and stubs are made of, has the time of its making in its header.
unset SOURCE_DATE_EPOCH
echo 'int one = 1;' | gcc -c -x c -o one.o -
ld -m i386pep --insert-timestamp -e one -o /out/result one.o
