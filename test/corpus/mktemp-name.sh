# The name of a temporary file reaches the product.
mktemp -p . part.XXXXXXXX >/out/result
