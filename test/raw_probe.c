/*
 * A static program without any library, which asks the kernel itself as Go programs do: prints the time and eight random
 * bytes, as hexadecimal numbers.
 */
#include <stddef.h>
#include <stdint.h>

enum { WRITE = 1, EXIT = 60, CLOCK_GETTIME = 228, GETRANDOM = 318 };

static long call(long nr, long a, long b, long c)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(nr), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return result;
}

static void print(uint64_t v)
{
	char text[17];

	for (size_t i = 0; i < 16; i++)
		text[i] = "0123456789abcdef"[v >> (60 - 4 * i) & 15];
	text[16] = '\n';
	call(WRITE, 1, (long)text, sizeof text);
}

__attribute__((force_align_arg_pointer)) void _start(void);
void _start(void)
{
	uint64_t ts[2] = { 0 }, random = 0;

	call(CLOCK_GETTIME, 0, (long)ts, 0);
	print(ts[0]);
	print(ts[1]);
	call(GETRANDOM, (long)&random, sizeof random, 0);
	print(random);
	call(EXIT, 0, 0, 0);
}
