# Threads that print without asking each other.
gcc -pthread -o thread-race /src/thread-race.c
./thread-race >/out/result
