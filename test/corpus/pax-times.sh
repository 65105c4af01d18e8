# The long form of tar keeps times to the nanosecond, of the last change and the last look, too.
umask 022
echo one >one
touch -d @1 one
tar --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f --owner=0 --group=0 --numeric-owner -cf /out/result one
