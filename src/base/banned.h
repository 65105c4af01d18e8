/*
 * Names that must not be used: unsafe string calls everywhere, and outside `net`, `box`, `cmd`, `sys` and the attester
 * (which define ASSAY_MAY_ASK_THE_MACHINE first) also what would let the machine into a result: clock, random numbers,
 * environment, locale, names of host and user. Included last, after every other header.
 */
#ifndef ASSAY_BASE_BANNED_H
#define ASSAY_BASE_BANNED_H

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat gets strtok atoi atol atoll atof \
	sscanf fscanf scanf
#undef alloca
#pragma GCC poison alloca mktemp tmpnam tempnam

#ifndef ASSAY_MAY_ASK_THE_MACHINE
#pragma GCC poison time gettimeofday clock_gettime localtime gmtime mktime strftime
#pragma GCC poison rand random srand srandom drand48 getrandom arc4random RAND_bytes
#pragma GCC poison getenv secure_getenv setenv putenv setlocale
#pragma GCC poison gethostname uname getlogin getpwnam getpwuid getgrnam getgrgid getpid getuid \
	geteuid
#endif

#endif
