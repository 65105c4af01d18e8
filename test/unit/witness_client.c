/* The client of witnesses against our own witness, in a process of its own, and against answers as no witness gives them. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "net/witness_client.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/file.h"
#include "witness/witness_http.h"
#include "witness_made.h"

enum { NOW = 1700000000 };

static struct made_log l;
static struct private_key *own;
static struct note_key own_key;
static char folder[] = "/tmp/assay-witness-XXXXXX";
static char url[64];

static int64_t fixed(void)
{
	return NOW;
}

static void tell_port(void *arg, uint16_t port)
{
	const int *fd = arg;

	if (write(*fd, &port, sizeof port) != sizeof port)
		_exit(2);
}

static void serve(int to)
{
	char path[80];
	struct witness w = { .key = own_key, .private_key = own, .logs = &l.known, .n_logs = 1 };
	struct witness_http h = { .witness = &w,
		.address = "127.0.0.1",
		.now = fixed,
		.ready = tell_port,
		.ready_arg = &to };
	struct witness_state *state;
	struct err e = { 0 };

	snprintf(path, sizeof path, "%s/state", folder);
	if (!witness_state_open(&state, path, &e))
		_exit(3);
	w.state = state;
	_exit(witness_http_run(&h, &e) ? 0 : 4);
}

static pid_t start(void)
{
	int fds[2];
	uint16_t port = 0;
	pid_t child;

	CHECK(pipe(fds) == 0);
	child = fork();
	if (child == 0)
		serve(fds[1]);
	CHECK(child > 0 && read(fds[0], &port, sizeof port) == sizeof port);
	close(fds[0]);
	close(fds[1]);
	snprintf(url, sizeof url, "http://127.0.0.1:%u/", port);
	return child;
}

/* Asks for a checkpoint of that size; how many bytes of lines came. */
static size_t ask(const char *at, struct made_log *log, uint64_t guess, uint64_t size,
	const struct note_key *key, struct err *e)
{
	CLEANUP(buf_done) struct buf note = buf_init(SIGNED_NOTE_SIZE_MAX);
	CLEANUP(buf_done) struct buf lines = buf_init(WITNESS_CLIENT_LINES_MAX);
	struct witness_question q = { .seen_size = guess, .prove = made_prove, .of = log };
	int64_t by = 7;

	made_checkpoint(&note, log, size);
	q.note = buf_span(&note);
	*e = (struct err){ 0 };
	if (!witness_client_ask(&lines, &by, at, key, 1, &q, e)) {
		CHECK(lines.n == 0 && e->kind != ERR_NONE && strstr(e->text, at));
		return 0;
	}
	CHECK(by == NOW && lines.n && lines.p[lines.n - 1] == '\n');
	return lines.n;
}

static void ours(void)
{
	struct made_log fork_ = l, other = made_log(MADE_ORIGIN), stranger = made_log("x.example");
	struct note_key nobody = other.public;
	struct err e;

	fork_.fork = 3;
	fork_.history = 1;
	CHECK(ask(url, &l, 0, 5, &own_key, &e));
	CHECK(ask(url, &l, 5, 9, &own_key, &e));
	CHECK(ask(url, &l, 0, 9, &own_key, &e));
	CHECK(ask(url, &l, 2, 12, &own_key, &e)); /* a wrong guess is put right */
	CHECK(ask(url, &l, 99, 12, &own_key, &e));
	CHECK(!ask(url, &l, 5, 9, &own_key, &e) && e.kind == ERR_MISMATCH);
	CHECK(strstr(e.text, "12 entries of this log, and the checkpoint has 9") != NULL);
	CHECK(!ask(url, &fork_, 0, 20, &own_key, &e) && e.kind == ERR_MISMATCH);
	CHECK(strstr(e.text, "another history") != NULL);
	CHECK(!ask(url, &fork_, 0, 12, &own_key, &e) && e.kind == ERR_MISMATCH);
	CHECK(strstr(e.text, "another history") != NULL);
	CHECK(!ask(url, &other, 0, 20, &own_key, &e) && e.kind == ERR_SIGNATURE);
	CHECK(!ask(url, &stranger, 0, 20, &own_key, &e) && e.kind == ERR_NOTFOUND);
	nobody.type = NOTE_KEY_COSIGNATURE;
	CHECK(!ask(url, &l, 12, 12, &nobody, &e) && e.kind == ERR_NOTFOUND);
	CHECK(ask(url, &l, 12, 13, &own_key, &e));
	private_key_free(other.key);
	private_key_free(stranger.key);
}

static bool cannot(
	struct merkle_proof *ret, uint64_t old_size, uint64_t size, void *of, struct err *e)
{
	(void)ret, (void)old_size, (void)size, (void)of;
	return err_set(e, ERR_FORMAT, "a tile is missing");
}

static void own_fault(void)
{
	static const char *const bad[] = { "", "witness", "ftp://x", "/tmp",
		"http://127.0.0.1:1/?q", "http://127.0.0.1:1/#f" };
	CLEANUP(buf_done) struct buf note = buf_init(SIGNED_NOTE_SIZE_MAX);
	CLEANUP(buf_done) struct buf lines = buf_init(WITNESS_CLIENT_LINES_MAX);
	struct witness_question q = { .seen_size = 13, .prove = cannot };
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!ask(bad[i], &l, 0, 5, &own_key, &e) && e.kind == ERR_USAGE);
	made_checkpoint(&note, &l, 14);
	q.note = buf_span(&note);
	CHECK_ERR(witness_client_ask(&lines, NULL, url, &own_key, 1, &q, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "a tile is missing") != NULL);
	q.note = span_make("x", 1);
	CHECK_ERR(witness_client_ask(&lines, NULL, url, &own_key, 1, &q, &e), e, ERR_FORMAT);
}

/* A server that gives the same answer to everybody. */
static int listening;
static const char *volatile answer;

static void *answers(void *arg)
{
	(void)arg;
	for (;;) {
		int fd = accept(listening, NULL, NULL);
		char request[8192];
		size_t n = 0;

		while (n < sizeof request && !memmem(request, n, "\n\xe2\x80\x94 ", 5)) {
			ssize_t got = recv(fd, request + n, sizeof request - n, 0);

			if (got <= 0)
				break;
			n += (size_t)got;
		}
		send(fd, answer, strlen(answer), MSG_NOSIGNAL);
		shutdown(fd, SHUT_WR);
		while (recv(fd, request, sizeof request, 0) > 0)
			;
		close(fd);
	}
	return NULL;
}

#define HEAD "HTTP/1.1 "
#define SIZE "\r\nContent-Type: text/x.tlog.size\r\nConnection: close\r\n\r\n"
#define TEXT "\r\nConnection: close\r\n\r\n"

static void hostile(void)
{
	static const struct {
		const char *answer;
		enum err_kind kind;
		const char *text;
	} cases[] = {
		{ HEAD "200 OK" TEXT, ERR_FORMAT, "answer of a witness" },
		{ HEAD "200 OK" TEXT "thanks\n", ERR_FORMAT, "answer of a witness" },
		{ HEAD "200 OK" TEXT "\xe2\x80\x94 " MADE_WITNESS " AAAAAAAA\n", ERR_NOTFOUND,
			"no signature is of a witness that was asked" },
		{ HEAD "409 Conflict" SIZE "x\n", ERR_FORMAT, "no size of a tree" },
		{ HEAD "409 Conflict" SIZE "", ERR_FORMAT, "no size of a tree" },
		{ HEAD "409 Conflict" SIZE "0\n", ERR_MISMATCH, "another history" },
		{ HEAD "409 Conflict" SIZE "3\n", ERR_MISMATCH, "another history" },
		{ HEAD "409 Conflict" SIZE "6\n", ERR_MISMATCH, "6 entries of this log" },
		{ HEAD "409 Conflict" TEXT "3\n", ERR_IO, "status 409" },
		{ HEAD "400 Bad" TEXT "no\x1b[2J\n", ERR_FORMAT, "does not take the request: no" },
		{ HEAD "403 No" TEXT "\n", ERR_SIGNATURE, "the log's signature" },
		{ HEAD "404 No" TEXT, ERR_NOTFOUND, "does not know the log" },
		{ HEAD "422 No" TEXT, ERR_MISMATCH, "another history" },
		{ HEAD "302 Found\r\nLocation: file:///etc/passwd" TEXT, ERR_IO, "status 302" },
		{ HEAD "500 Oops" TEXT "later\n", ERR_IO, "status 500: later" },
		{ "gopher\r\n", ERR_IO, "no answer" },
		{ "", ERR_IO, "no answer" },
	};
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof a;
	char at[64];
	pthread_t thread;
	struct err e;

	listening = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(bind(listening, (struct sockaddr *)&a, size) == 0 && listen(listening, 8) == 0 &&
		getsockname(listening, (struct sockaddr *)&a, &size) == 0);
	snprintf(at, sizeof at, "http://127.0.0.1:%u", ntohs(a.sin_port));
	CHECK(pthread_create(&thread, NULL, answers, NULL) == 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		answer = cases[i].answer;
		CHECK(!ask(at, &l, 0, 5, &own_key, &e));
		if (e.kind != cases[i].kind || !strstr(e.text, cases[i].text))
			fprintf(stderr, "case %zu: %s: %s\n", i, err_kind_name(e.kind), e.text);
		CHECK(e.kind == cases[i].kind && strstr(e.text, cases[i].text));
		CHECK(!strchr(e.text, '\x1b'));
	}
}

int main(void)
{
	pid_t child;
	int status = 0;
	struct err e = { 0 };

	l = made_log(MADE_ORIGIN);
	own = keys_made("ED25519", NULL);
	own_key = made_key(MADE_WITNESS, NOTE_KEY_COSIGNATURE, own);
	CHECK(mkdtemp(folder) != NULL);
	child = start();
	ours();
	own_fault();
	kill(child, SIGTERM);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	CHECK(!ask(url, &l, 13, 13, &own_key, &e) && e.kind == ERR_IO);
	hostile();
	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	private_key_free(own);
	private_key_free(l.key);
	return test_end();
}
