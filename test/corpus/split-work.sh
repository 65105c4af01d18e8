# Work is cut into as many pieces as there are processors, and the cuts show.
seq 1000 >numbers
split -n "l/$(nproc)" numbers piece.
for piece in piece.*; do gzip -nc "$piece"; done >/out/result
