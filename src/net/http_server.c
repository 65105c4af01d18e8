#include "net/http_server.h"

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
#include "base/banned.h"

enum { SWEEP_MS = 250 };

/*
 * evhttp counts no connections and bounds only idle time, so the buffers of its connections are ours: a reference is kept
 * to each. One whose callbacks are gone was given up by evhttp; one that lives too long loses its socket.
 */
struct guest {
	struct bufferevent *buffer; /* NULL: a free place */
	unsigned sweeps;            /* that it has seen */
};

struct http_server {
	struct http_server_options options;
	struct event_base *base;
	struct evhttp *http;
	struct evconnlistener *listener; /* http's */
	struct event *sweep, *on_int, *on_term;
	struct guest guests[HTTP_SERVER_CONNECTIONS_MAX];
	size_t n_guests;
	uint16_t port;
};

static const char *reason_of(int status)
{
	static const struct {
		int status;
		const char *text;
	} reasons[] = { { 200, "OK" }, { 400, "Bad Request" }, { 403, "Forbidden" },
		{ 404, "Not Found" }, { 405, "Method Not Allowed" }, { 409, "Conflict" },
		{ 422, "Unprocessable Entity" }, { 500, "Internal Server Error" } };

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].text;
	return "Other";
}

static void send_answer(struct evhttp_request *r, const struct http_answer *a)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(r);
	struct evbuffer *out = evbuffer_new();

	if (!out || evbuffer_add(out, a->body.p, a->body.n) < 0)
		abort(); /* out of memory; the body has a maximum */
	evhttp_add_header(headers, "Content-Type", a->type);
	evhttp_add_header(headers, "Cache-Control", "no-store");
	if (a->status == HTTP_BADMETHOD)
		evhttp_add_header(headers, "Allow", "GET, POST");
	evhttp_send_reply(r, a->status, reason_of(a->status), out);
	evbuffer_free(out);
}

static void on_request(struct evhttp_request *r, void *arg)
{
	const struct http_server *s = arg;
	const char *path = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(r));
	struct evbuffer *in = evhttp_request_get_input_buffer(r);
	enum evhttp_cmd_type method = evhttp_request_get_command(r);
	CLEANUP(buf_done) struct buf body = buf_init(s->options.answer_max);
	struct http_answer a = { HTTP_NOTFOUND, "text/plain; charset=utf-8", body };
	struct http_asked q = { .post = method == EVHTTP_REQ_POST, .path = str_of(path) };

	q.body.n = evbuffer_get_length(in);
	q.body.p = q.body.n ? evbuffer_pullup(in, -1) : NULL;
	if (method == EVHTTP_REQ_POST || method == EVHTTP_REQ_GET)
		s->options.answer(&a, &q, s->options.of);
	else
		a.status = HTTP_BADMETHOD;
	body = a.body;
	if (!buf_ok(&body)) {
		a.status = HTTP_INTERNAL;
		a.body.n = 0;
	}
	send_answer(r, &a);
}

static bool given_up(struct bufferevent *buffer)
{
	bufferevent_data_cb on_read, on_write;
	bufferevent_event_cb on_event;
	void *arg;

	bufferevent_getcb(buffer, &on_read, &on_write, &on_event, &arg);
	return !on_read && !on_write && !on_event;
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *s = arg;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < HTTP_SERVER_CONNECTIONS_MAX; i++) {
		struct guest *g = &s->guests[i];

		if (g->buffer && given_up(g->buffer)) {
			bufferevent_decref(g->buffer);
			*g = (struct guest){ NULL, 0 };
			s->n_guests--;
		} else if (g->buffer && ++g->sweeps > HTTP_SERVER_LIFE_S * 1000 / SWEEP_MS) {
			shutdown(bufferevent_getfd(g->buffer), SHUT_RDWR);
		}
	}
	if (s->n_guests < HTTP_SERVER_CONNECTIONS_MAX)
		evconnlistener_enable(s->listener);
	if (s->n_guests == 0)
		event_del(s->sweep);
}

/* For a connection that was accepted. The listener rests while no place is free. */
static struct bufferevent *on_accept(struct event_base *base, void *arg)
{
	static const struct timeval often = { 0, SWEEP_MS * 1000 };
	struct http_server *s = arg;
	struct bufferevent *buffer = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	size_t i = 0;

	if (!buffer)
		abort();
	while (i < HTTP_SERVER_CONNECTIONS_MAX && s->guests[i].buffer)
		i++;
	if (i == HTTP_SERVER_CONNECTIONS_MAX)
		return buffer; /* accepted in one round with the last that fits: idle time bounds it */
	bufferevent_incref(buffer);
	s->guests[i] = (struct guest){ buffer, 0 };
	if (++s->n_guests == HTTP_SERVER_CONNECTIONS_MAX)
		evconnlistener_disable(s->listener);
	if (!event_pending(s->sweep, EV_TIMEOUT, NULL))
		event_add(s->sweep, &often);
	return buffer;
}

static void on_stop(evutil_socket_t signal_number, short what, void *arg)
{
	const struct http_server *s = arg;

	(void)signal_number;
	(void)what;
	event_base_loopbreak(s->base);
}

static bool listen_on(struct http_server *s, struct err *e)
{
	struct sockaddr_storage at = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof at;
	struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(
		s->http, s->options.address, s->options.port);

	if (!bound)
		return err_os(
			e, "cannot listen on %s port %u", s->options.address, s->options.port);
	s->listener = evhttp_bound_socket_get_listener(bound);
	if (getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&at, &size) < 0)
		return err_os(e, "cannot find out the port");
	s->port = ntohs(at.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)&at)->sin6_port
						 : ((const struct sockaddr_in *)&at)->sin_port);
	return true;
}

static void set_bounds(struct http_server *s)
{
	evhttp_set_max_headers_size(s->http, HTTP_SERVER_HEADERS_MAX);
	evhttp_set_max_body_size(s->http, (ev_ssize_t)s->options.body_max);
	evhttp_set_timeout(s->http, HTTP_SERVER_IDLE_S);
	/* All that evhttp knows: on_request says no to the others. */
	evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |
						    EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
						    EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH);
	evhttp_set_bevcb(s->http, on_accept, s);
	evhttp_set_gencb(s->http, on_request, s);
}

static bool start(struct http_server *s)
{
	s->base = event_base_new();
	s->http = s->base ? evhttp_new(s->base) : NULL;
	if (!s->http)
		return false;
	s->sweep = event_new(s->base, -1, EV_PERSIST, on_sweep, s);
	s->on_int = evsignal_new(s->base, SIGINT, on_stop, s);
	s->on_term = evsignal_new(s->base, SIGTERM, on_stop, s);
	return s->sweep && s->on_int && s->on_term && event_add(s->on_int, NULL) == 0 &&
	       event_add(s->on_term, NULL) == 0;
}

bool http_server_new(struct http_server **ret, const struct http_server_options *o, struct err *e)
{
	CLEANUP(http_server_freep) struct http_server *s = MEM_NEW(struct http_server);

	s->options = *o;
	if (!start(s))
		return err_set(e, ERR_INTERNAL, "cannot start libevent");
	set_bounds(s);
	if (!listen_on(s, e))
		return false;
	*ret = TAKE(s);
	return true;
}

uint16_t http_server_port(const struct http_server *s)
{
	return s->port;
}

bool http_server_run(struct http_server *s, struct err *e)
{
	signal(SIGPIPE, SIG_IGN);
	return event_base_dispatch(s->base) >= 0 || err_set(e, ERR_IO, "cannot wait for requests");
}

void http_server_free(struct http_server *s)
{
	struct event *const events[] = { s ? s->sweep : NULL, s ? s->on_int : NULL,
		s ? s->on_term : NULL };

	if (!s)
		return;
	if (s->http)
		evhttp_free(s->http);
	for (size_t i = 0; i < HTTP_SERVER_CONNECTIONS_MAX; i++)
		if (s->guests[i].buffer)
			bufferevent_decref(s->guests[i].buffer);
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (events[i])
			event_free(events[i]);
	if (s->base)
		event_base_free(s->base);
	mem_free(&s);
}

void http_server_freep(struct http_server **s)
{
	http_server_free(*s);
}
