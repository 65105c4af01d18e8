# A reference that is printed, instead of what it refers to.
perl -e 'my $x = { a => 1 }; print "$x\n"' >/out/result
