# The sixteen bytes that the kernel gives to every program.
gcc -o stack-guard /src/stack-guard.c
./stack-guard >/out/result
