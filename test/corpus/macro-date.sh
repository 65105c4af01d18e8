# `__DATE__` and `__TIME__`. gcc would take SOURCE_DATE_EPOCH instead; many builds do not hand it on.
unset SOURCE_DATE_EPOCH
gcc -c -o /out/result /src/macro-date.c
