/*
 * libcurl, opened when the first transfer is made and not when the program starts: it brings thirty other libraries with
 * it, which would cost a verifier of a bundle in a file more than the whole verification. curl_library.c defines the
 * functions of libcurl that are called here under their own names and hands the calls on; callers include <curl/curl.h>.
 */
#ifndef ASSAY_NET_CURL_LIBRARY_H
#define ASSAY_NET_CURL_LIBRARY_H

#include "base/err.h"

/*
 * Once per process, by any thread; also sets libcurl up. NOTFOUND without libcurl.so.4; then curl_easy_init gives NULL, and
 * nothing else of it may be called.
 */
bool curl_library_open(struct err *e) MUST_CHECK;

#endif
