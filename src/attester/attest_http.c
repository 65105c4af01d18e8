#include "attester/attest_http.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "codec/json.h"
#include "evidence/challenge.h"
#include "base/banned.h"

enum { SWEEP_MS = 250, LAST_WORDS_MS = 250, ERROR_MAX = 4096 };

/*
 * evhttp counts no connections and knows only idle time. So we give it the buffers of its connections and keep a reference
 * to each: a buffer whose callbacks are gone was freed by evhttp, one that lives too long loses its socket.
 */
struct connection {
	struct bufferevent *bev; /* NULL: free slot */
	unsigned sweeps;         /* that it has lived through */
};

struct attest_http {
	const struct attester *attester;
	struct event_base *base;
	struct evhttp *http;
	struct evconnlistener *listener;          /* of http */
	struct event *sweep, *stop[2], *hardware; /* NULL: no process that asks it */
	bool hardware_ended;
	struct connection connections[ATTEST_HTTP_CONNECTIONS_MAX];
	size_t n_connections;
	uint16_t port;
};

static void send_json(
	struct evhttp_request *r, int code, const char *reason, const struct buf *body)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(r);
	struct evbuffer *out = evbuffer_new();

	if (!out || evbuffer_add(out, body->p, body->n) < 0)
		abort(); /* out of memory; the body has a maximum */
	evhttp_add_header(headers, "Content-Type", "application/json");
	evhttp_add_header(headers, "Cache-Control", "no-store");
	evhttp_add_header(headers, "Connection", "close");
	evhttp_send_reply(r, code, reason, out);
	evbuffer_free(out);
}

static void send_error(struct evhttp_request *r, int code, const char *reason, const char *text)
{
	CLEANUP(buf_done) struct buf body = buf_init(ERROR_MAX);
	struct json_out w = json_out_to(&body);

	json_object(&w);
	json_put_cstr(&w, "format", "assay.error/1");
	json_put_cstr(&w, "error", text);
	json_end_object(&w);
	send_json(r, code, reason, &body);
}

static bool wants(struct evhttp_request *r, enum evhttp_cmd_type method, const char *allow)
{
	if (evhttp_request_get_command(r) == method)
		return true;
	evhttp_add_header(evhttp_request_get_output_headers(r), "Allow", allow);
	send_error(r, HTTP_BADMETHOD, "Method Not Allowed", "method not allowed here");
	return false;
}

static bool is_challengers_fault(enum err_kind kind)
{
	return kind == ERR_FORMAT || kind == ERR_LIMIT || kind == ERR_USAGE || kind == ERR_MISMATCH;
}

static void on_identity(struct evhttp_request *r, void *arg)
{
	CLEANUP(buf_done) struct buf body = buf_init(ATTESTER_ANSWER_MAX);
	const struct attest_http *h = arg;
	struct err e;

	if (!wants(r, EVHTTP_REQ_GET, "GET"))
		return;
	if (attester_identity(h->attester, &body, &e))
		send_json(r, HTTP_OK, "OK", &body);
	else
		send_error(r, HTTP_INTERNAL, "Internal Server Error", e.text);
}

static void on_evidence(struct evhttp_request *r, void *arg)
{
	CLEANUP(buf_done) struct buf body = buf_init(ATTESTER_ANSWER_MAX);
	const struct attest_http *h = arg;
	struct evbuffer *in;
	struct span challenge;
	struct err e;

	if (!wants(r, EVHTTP_REQ_POST, "POST"))
		return;
	in = evhttp_request_get_input_buffer(r);
	challenge.n = evbuffer_get_length(in);
	challenge.p = challenge.n ? evbuffer_pullup(in, -1) : NULL;
	if (attester_evidence(h->attester, challenge, &body, &e))
		send_json(r, HTTP_OK, "OK", &body);
	else if (is_challengers_fault(e.kind))
		send_error(r, HTTP_BADREQUEST, "Bad Request", e.text);
	else
		send_error(r, HTTP_INTERNAL, "Internal Server Error", e.text);
}

static void on_other(struct evhttp_request *r, void *arg)
{
	(void)arg;
	send_error(r, HTTP_NOTFOUND, "Not Found", "no such resource");
}

static bool freed_by_evhttp(struct bufferevent *bev)
{
	bufferevent_data_cb on_read, on_write;
	bufferevent_event_cb on_event;
	void *arg;

	bufferevent_getcb(bev, &on_read, &on_write, &on_event, &arg);
	return !on_read && !on_write && !on_event;
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct attest_http *h = arg;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < ATTEST_HTTP_CONNECTIONS_MAX; i++) {
		struct connection *c = &h->connections[i];

		if (!c->bev)
			continue;
		if (freed_by_evhttp(c->bev)) {
			bufferevent_decref(c->bev);
			*c = (struct connection){ NULL, 0 };
			h->n_connections--;
		} else if (++c->sweeps > ATTEST_HTTP_LIFE_S * 1000 / SWEEP_MS) {
			/* evhttp sees the end of the connection and frees it */
			shutdown(bufferevent_getfd(c->bev), SHUT_RDWR);
		}
	}
	if (h->n_connections < ATTEST_HTTP_CONNECTIONS_MAX)
		evconnlistener_enable(h->listener);
	if (h->n_connections == 0)
		event_del(h->sweep);
}

/* For a connection that was accepted: there is a free slot, because the listener rests while there is none. */
static struct bufferevent *on_accept(struct event_base *base, void *arg)
{
	static const struct timeval often = { 0, SWEEP_MS * 1000 };
	struct attest_http *h = arg;
	struct bufferevent *bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	size_t i = 0;

	if (!bev)
		abort();
	while (i < ATTEST_HTTP_CONNECTIONS_MAX && h->connections[i].bev)
		i++;
	if (i == ATTEST_HTTP_CONNECTIONS_MAX)
		return bev; /* accepted in the same round as the last one that fits; only idle time bounds it */
	bufferevent_incref(bev);
	h->connections[i] = (struct connection){ bev, 0 };
	if (++h->n_connections == ATTEST_HTTP_CONNECTIONS_MAX)
		evconnlistener_disable(h->listener);
	if (!event_pending(h->sweep, EV_TIMEOUT, NULL))
		event_add(h->sweep, &often);
	return bev;
}

static void on_stop(evutil_socket_t signal_number, short what, void *arg)
{
	struct attest_http *h = arg;

	(void)signal_number;
	(void)what;
	event_base_loopbreak(h->base);
}

/* Without that process there is no evidence ever again. Whoever is told so just now still gets to hear it. */
static void on_hardware(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval soon = { 0, LAST_WORDS_MS * 1000 };
	struct attest_http *h = arg;

	(void)fd;
	(void)what;
	h->hardware_ended = true;
	if (event_base_loopexit(h->base, &soon) < 0)
		event_base_loopbreak(h->base);
}

/* Between two requests nothing is to be read from that process but its end. */
static bool watch_hardware(struct attest_http *h, const struct attest_hardware *hardware)
{
	if (!hardware)
		return true;
	h->hardware = event_new(h->base, attest_hardware_fd(hardware), EV_READ, on_hardware, h);
	return h->hardware && event_add(h->hardware, NULL) == 0;
}

static bool bind_to(struct attest_http *h, const char *address, uint16_t port, struct err *e)
{
	struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(h->http, address, port);
	struct sockaddr_storage at = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof at;

	if (!bound)
		return err_os(e, "cannot listen on %s port %u", address, port);
	h->listener = evhttp_bound_socket_get_listener(bound);
	if (getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&at, &size) < 0)
		return err_os(e, "cannot find out the port");
	if (at.ss_family == AF_INET6)
		h->port = ntohs(((const struct sockaddr_in6 *)&at)->sin6_port);
	else
		h->port = ntohs(((const struct sockaddr_in *)&at)->sin_port);
	return true;
}

static void set_bounds(struct attest_http *h)
{
	evhttp_set_max_headers_size(h->http, ATTEST_HTTP_HEADERS_MAX);
	evhttp_set_max_body_size(h->http, CHALLENGE_SIZE_MAX);
	evhttp_set_timeout(h->http, ATTEST_HTTP_IDLE_S);
	/* All that evhttp knows: which of them a resource takes is said by wants(). */
	evhttp_set_allowed_methods(h->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |
						    EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
						    EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH);
	evhttp_set_bevcb(h->http, on_accept, h);
}

bool attest_http_new(struct attest_http **ret, const struct attester *a, const char *address,
	uint16_t port, struct err *e)
{
	static const int signals[] = { SIGINT, SIGTERM };
	CLEANUP(attest_http_freep) struct attest_http *h = MEM_NEW(struct attest_http);

	h->attester = a;
	h->base = event_base_new();
	h->http = h->base ? evhttp_new(h->base) : NULL;
	if (!h->http)
		return err_set(e, ERR_INTERNAL, "cannot start libevent");
	set_bounds(h);
	h->sweep = event_new(h->base, -1, EV_PERSIST, on_sweep, h);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		h->stop[i] = evsignal_new(h->base, signals[i], on_stop, h);
		if (!h->stop[i] || event_add(h->stop[i], NULL) < 0)
			return err_set(e, ERR_INTERNAL, "cannot start libevent");
	}
	if (!h->sweep || !watch_hardware(h, a->from.hardware) ||
		evhttp_set_cb(h->http, "/attest/1/identity", on_identity, h) != 0 ||
		evhttp_set_cb(h->http, "/attest/1/evidence", on_evidence, h) != 0)
		return err_set(e, ERR_INTERNAL, "cannot start libevent");
	evhttp_set_gencb(h->http, on_other, h);
	if (!bind_to(h, address, port, e))
		return false;
	*ret = TAKE(h);
	return true;
}

uint16_t attest_http_port(const struct attest_http *h)
{
	return h->port;
}

bool attest_http_run(struct attest_http *h, struct err *e)
{
	signal(SIGPIPE, SIG_IGN);
	if (event_base_dispatch(h->base) < 0)
		return err_set(e, ERR_IO, "cannot wait for requests");
	return !h->hardware_ended || err_set(e, ERR_IO, ATTEST_HARDWARE_ENDED);
}

void attest_http_free(struct attest_http *h)
{
	if (!h)
		return;
	if (h->http)
		evhttp_free(h->http);
	for (size_t i = 0; i < ATTEST_HTTP_CONNECTIONS_MAX; i++)
		if (h->connections[i].bev)
			bufferevent_decref(h->connections[i].bev);
	for (size_t i = 0; i < ARRAY_LEN(h->stop); i++)
		if (h->stop[i])
			event_free(h->stop[i]);
	if (h->hardware)
		event_free(h->hardware);
	if (h->sweep)
		event_free(h->sweep);
	if (h->base)
		event_base_free(h->base);
	free(h);
}

void attest_http_freep(struct attest_http **h)
{
	attest_http_free(*h);
}
