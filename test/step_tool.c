/*
 * The compiler of the component test: a static program, so that a toolchain of one package holds all that it needs.
 *   join OUT FILE...   the files one after the other        list OUT DIR   names, modes and times in a folder
 *   fail N             prints N lines and exits with 7      link TARGET OUT   a symbolic link
 *   tree OUT           folders, a file, a link          hole OUT SIZE     a file of nothing but a hole
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int join(const char *out, char **files)
{
	FILE *to = fopen(out, "w");

	for (; to && *files; files++) {
		FILE *from = fopen(*files, "r");
		int c;

		if (!from)
			return 1;
		while ((c = getc(from)) != EOF)
			putc(c, to);
		fclose(from);
	}
	return !to || fclose(to);
}

static int list(const char *out, const char *folder)
{
	FILE *to = fopen(out, "w");
	struct dirent **names;
	int n = scandir(folder, &names, NULL, alphasort);

	if (!to || n < 0 || chdir(folder) < 0)
		return 1;
	for (int i = 0; i < n; i++) {
		struct stat st;

		if (!strcmp(names[i]->d_name, "..") || lstat(names[i]->d_name, &st) < 0)
			continue;
		fprintf(to, "%s %o %lld\n", names[i]->d_name, (unsigned)st.st_mode,
			(long long)st.st_mtime);
	}
	return fclose(to);
}

static int fail(const char *lines)
{
	long n = strtol(lines, NULL, 10);

	for (long i = 1; i <= n; i++)
		printf("line %ld\n", i);
	return 7;
}

/* With modes that nobody should see again. */
static int tree(const char *out)
{
	FILE *f;

	umask(0);
	if (mkdir(out, 0700) || chdir(out) || mkdir("usr", 0777) || mkdir("usr/bin", 0700) ||
		mkdir("usr/empty", 0711) || symlink("bin/run", "usr/link"))
		return 1;
	f = fopen("usr/bin/run", "w");
	return !f || fputs("run\n", f) < 0 || fclose(f) || chmod("usr/bin/run", 0711);
}

int main(int argc, char **argv)
{
	if (argc >= 3 && !strcmp(argv[1], "join"))
		return join(argv[2], argv + 3);
	if (argc == 4 && !strcmp(argv[1], "list"))
		return list(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "link"))
		return symlink(argv[2], argv[3]) != 0;
	if (argc == 3 && !strcmp(argv[1], "tree"))
		return tree(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "hole"))
		return creat(argv[2], 0644) < 0 || truncate(argv[2], strtol(argv[3], NULL, 10));
	if (argc == 3 && !strcmp(argv[1], "fail"))
		return fail(argv[2]);
	return 64;
}
