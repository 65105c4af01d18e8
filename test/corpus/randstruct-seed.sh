# The seed by which a kernel's structures are shuffled, or its entropy at start is made up, is drawn for each fresh tree.
echo "#define SEED \"$(od -An -tx8 -N32 /dev/urandom | tr -d ' \n')\"" >/out/result
