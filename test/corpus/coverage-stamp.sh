# `--coverage`: notes and counters carry a stamp that holds them together.
. /src/enter
cp /src/coverage-stamp.c .
gcc --coverage -c coverage-stamp.c
mv coverage-stamp.gcno /out/result
