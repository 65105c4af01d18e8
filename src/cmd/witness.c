/* assay witness serve: cosigns checkpoints of logs, over HTTP. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "cmd/key_file.h"
#include "cmd/verbs.h"
#include "codec/yaml.h"
#include "sys/file.h"
#include "trust/trust_file.h"
#include "witness/witness_http.h"
#include "base/banned.h"

#define DEFAULT_LISTEN "127.0.0.1:8090"
enum { ADDRESS_MAX = 64, MEMORY_MAX = 16 << 20 };

static const struct verb_option options[] = {
	{ "--key", "FILE", "the witness's private key, Ed25519, in PEM", false },
	{ "--name", "NAME", "its name, such as witness.example/1", false },
	{ "--state", "DIR", "where it keeps what it cosigned", false },
	{ "--log", "KEY", "a log that it knows, NAME+ID+KEY; again for more", true },
	{ "--logs", "FILE", "a trust file, for its logs", false },
	{ "--listen", "ADDRESS:PORT", "where; port 0: a free one (127.0.0.1:8090)", false },
	{ NULL, NULL, NULL, false },
};

struct served {
	struct witness witness;
	struct trust_log logs[WITNESS_LOGS_MAX];
	struct arena *arena;
	struct private_key *private_key;
	struct witness_state *state;
	char address[ADDRESS_MAX];
	uint16_t port;
	const struct verb_args *args;
};

static void served_freep(struct served **s)
{
	arena_free((*s)->arena);
	private_key_free((*s)->private_key);
	witness_state_close((*s)->state);
	mem_free(s);
}

static bool read_key(struct served *s, const char *path, struct str name, struct err *e)
{
	uint8_t bytes[NOTE_KEY_SIZE];

	if (!key_file_load(&s->private_key, path, e))
		return false;
	if (private_key_kind_of(s->private_key) != PRIVATE_KEY_ED25519)
		return err_set(e, ERR_USAGE, "'%s' is no Ed25519 key", path);
	return private_key_ed25519(bytes, s->private_key, e) &&
	       note_key_of(&s->witness.key, name, NOTE_KEY_COSIGNATURE, bytes, e);
}

static bool add_log(struct served *s, struct str origin, const struct note_key *key, struct err *e)
{
	if (s->witness.n_logs == WITNESS_LOGS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d logs", WITNESS_LOGS_MAX);
	s->logs[s->witness.n_logs++] = (struct trust_log){ origin, *key };
	return true;
}

/* The logs of a trust file; nothing else of it is looked at. */
static bool read_file(struct served *s, const char *path, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct trust_file t;
	struct json v;

	if (!file_read(AT_FDCWD, path, YAML_SIZE_MAX, &text, e))
		return false;
	if (!yaml_parse(&v, buf_span(&text), s->arena, e) || !trust_file_parse(&t, &v, s->arena, e))
		return err_wrap(e, "'%s'", path);
	for (size_t i = 0; i < t.logs.n; i++) {
		const struct trust_log *l = &t.logs.items[i];
		struct note_key key = l->key;
		struct str origin = arena_str(s->arena, l->origin);

		key.name = arena_str(s->arena, key.name);
		if (!origin.p || !key.name.p)
			return arena_full(s->arena, e);
		if (!add_log(s, origin, &key, e))
			return false;
	}
	return t.logs.n || err_set(e, ERR_USAGE, "'%s' names no log", path);
}

static bool read_logs(struct served *s, struct err *e)
{
	const char *file = verb_value(s->args, "--logs"), *text;

	s->witness.logs = s->logs;
	for (size_t n = 0; (text = verb_nth(s->args, "--log", n)) != NULL; n++) {
		struct note_key key;

		if (!note_key_parse(&key, str_of(text), e))
			return err_wrap(e, "--log");
		if (key.type != NOTE_KEY_ED25519)
			return err_set(e, ERR_USAGE, "--log: '%.*s' is the key of a witness",
				STR_ARG(key.name));
		if (!add_log(s, key.name, &key, e))
			return false;
	}
	if (file && !read_file(s, file, e))
		return false;
	if (s->witness.n_logs)
		return true;
	err_set(e, ERR_USAGE, "wanted --log or --logs: the logs that this witness knows");
	return err_hint(e, "`assay log init` prints a log's key");
}

/* "ADDRESS:PORT", "[ADDRESS]:PORT" for IPv6. */
static bool read_listen(struct served *s, struct err *e)
{
	const char *given = verb_value(s->args, "--listen");
	struct str all = str_of(given ? given : DEFAULT_LISTEN), address = all, port = { 0 };
	uint64_t number = 0;

	for (size_t i = all.n; i-- > 0 && !port.p;)
		if (all.p[i] == ':') {
			address = str_make(all.p, i);
			port = str_make(all.p + i + 1, all.n - i - 1);
		}
	if (address.n > 2 && address.p[0] == '[' && address.p[address.n - 1] == ']')
		address = str_make(address.p + 1, address.n - 2);
	else if (str_find(address, ':') < address.n)
		address.n = 0;
	if (!port.p || !address.n || address.n >= ADDRESS_MAX ||
		!str_u64(port, &number, UINT16_MAX))
		return err_set(e, ERR_USAGE,
			"--listen is '%s', want ADDRESS:PORT, or [ADDRESS]:PORT", all.p);
	memcpy(s->address, address.p, address.n);
	s->port = (uint16_t)number;
	return true;
}

static bool read_options(struct served *s, struct err *e)
{
	const char *key = verb_value(s->args, "--key"), *name = verb_value(s->args, "--name");
	const char *state = verb_value(s->args, "--state");

	if (!key || !name || !state)
		return err_set(e, ERR_USAGE, "wanted --key, --name and --state");
	return read_listen(s, e) && read_logs(s, e) && read_key(s, key, str_of(name), e) &&
	       witness_state_open(&s->state, state, e);
}

/* Results go to standard output at once: who started this waits for the address. */
static void say_ready(void *arg, uint16_t port)
{
	const struct served *s = arg;
	bool v6 = str_find(str_of(s->address), ':') < strlen(s->address);
	CLEANUP(buf_done) struct buf key = buf_init(NOTE_KEY_TEXT_MAX);

	note_key_write(&key, &s->witness.key);
	printf("http://%s%s%s:%u\n%.*s\n", v6 ? "[" : "", s->address, v6 ? "]" : "", port,
		STR_ARG(buf_str(&key)));
	fflush(stdout);
}

static void tell(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "assay: witness: %s\n", line);
}

static int64_t now(void)
{
	return (int64_t)time(NULL);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(served_freep) struct served *s = MEM_NEW(struct served);

	(void)code;
	s->args = args;
	s->arena = arena_new(MEMORY_MAX);
	if (!read_options(s, e))
		return false;
	s->witness.private_key = s->private_key;
	s->witness.state = s->state;
	s->witness.tell = tell;
	return witness_http_run(
		&(struct witness_http){
			.witness = &s->witness,
			.address = s->address,
			.port = s->port,
			.now = now,
			.ready = say_ready,
			.ready_arg = s,
		},
		e);
}

const struct verb cmd_witness_serve = {
	.name = "witness serve",
	.summary = "cosign checkpoints of logs, over HTTP",
	.usage = "",
	.options = options,
	.example = "assay witness serve --key witness.pem --name witness.example/1 \\\n"
		   "    --state /var/lib/witness --log log.example/1+8a30c0c5+ATp1...",
	.run = run,
};
