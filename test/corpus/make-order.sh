# make -j: what is finished first comes first.
make -s -j4 -f /src/make-order.mk
