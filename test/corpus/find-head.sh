# "The first one" of a list without an order.
for name in e b a d c; do echo "$name" >"$name.conf"; done
find . -name '*.conf' | head -n 1 >/out/result
