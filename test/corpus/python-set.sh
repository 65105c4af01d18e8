# Sets of text in python have an order of their own in each process.
python3 -c 'print(*{"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"}, sep="\n")' >/out/result
