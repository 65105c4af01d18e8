# `__?DATE?__` and `__?TIME?__`, nasm's own.
unset SOURCE_DATE_EPOCH
echo 'db __?DATE?__, __?TIME?__' >one.nasm
nasm -f bin -o /out/result one.nasm
