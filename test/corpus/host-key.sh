# A key that a package makes for its host.
od -An -tx1 -N16 /dev/urandom >/out/result
