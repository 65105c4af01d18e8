#include "net/curl_library.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>

#include "base/banned.h"

/* The type-checking macros of <curl/curl.h>: here the functions themselves are meant. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

#define LIBRARY "libcurl.so.4"

/* Every function that is called here, with the type that libcurl declares for it. */
/* clang-format off */
#define FUNCTIONS(X) \
	X(curl_global_init) X(curl_easy_init) X(curl_easy_cleanup) X(curl_easy_reset) \
	X(curl_easy_perform) X(curl_easy_setopt) X(curl_easy_getinfo) X(curl_easy_strerror) \
	X(curl_slist_append) X(curl_slist_free_all)
/* clang-format on */

#define FIELD(name) typeof(name) *name;
static struct {
	FUNCTIONS(FIELD)
} lib;
static bool opened;

static void *find(void *handle, const char *name)
{
	return handle ? dlsym(handle, name) : NULL;
}

static void open_library(void)
{
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL), *found;
	bool all = true;

	/* ISO C has no conversion between pointers to objects and to functions; POSIX has, of their bytes. */
#define FIND(name)                                          \
	found = find(handle, #name);                        \
	memcpy((void *)&lib.name, &found, sizeof lib.name); \
	all = all && found;
	FUNCTIONS(FIND)
	opened = all && lib.curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

bool curl_library_open(struct err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, open_library);
	if (opened)
		return true;
	err_set(e, ERR_NOTFOUND, "cannot open %s, which every transfer needs", LIBRARY);
	return err_hint(e, "install libcurl4 (apt-get install libcurl4)");
}

CURL *curl_easy_init(void)
{
	return opened ? lib.curl_easy_init() : NULL;
}

void curl_easy_cleanup(CURL *c)
{
	if (c)
		lib.curl_easy_cleanup(c);
}

void curl_easy_reset(CURL *c)
{
	lib.curl_easy_reset(c);
}

CURLcode curl_easy_perform(CURL *c)
{
	return lib.curl_easy_perform(c);
}

/* The option's number says what kind of value follows it. */
CURLcode curl_easy_setopt(CURL *c, CURLoption option, ...)
{
	CURLcode code;
	va_list ap;

	va_start(ap, option);
	if (option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB)
		code = lib.curl_easy_setopt(c, option, va_arg(ap, curl_off_t));
	else if (option >= CURLOPTTYPE_OBJECTPOINT)
		code = lib.curl_easy_setopt(c, option, va_arg(ap, void *));
	else
		code = lib.curl_easy_setopt(c, option, va_arg(ap, long));
	va_end(ap);
	return code;
}

CURLcode curl_easy_getinfo(CURL *c, CURLINFO info, ...)
{
	CURLcode code;
	va_list ap;

	va_start(ap, info);
	code = lib.curl_easy_getinfo(c, info, va_arg(ap, void *));
	va_end(ap);
	return code;
}

const char *curl_easy_strerror(CURLcode code)
{
	return lib.curl_easy_strerror(code);
}

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text)
{
	return lib.curl_slist_append(list, text);
}

void curl_slist_free_all(struct curl_slist *list)
{
	if (list)
		lib.curl_slist_free_all(list);
}
