#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "log/log_folder_inside.h"
#include "sys/file.h"
#include "base/banned.h"

enum { WAIT_STEP_MS = 20 };

bool log_folder_wait(struct log_folder *l, struct err *e)
{
	const struct timespec step = { 0, WAIT_STEP_MS * 1000000L };
	CLEANUP(file_closep)
	int fd = openat(l->private_folder, "lock",
		O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);

	if (fd < 0)
		return err_os(e, "cannot open '%s/.log/lock'", l->path);
	for (unsigned ms = 0; !file_lock_alone(fd); ms += WAIT_STEP_MS) {
		if (ms >= LOG_FOLDER_WAIT_MS) {
			err_set(e, ERR_IO,
				"another assay has been writing to the log '%s' for %d seconds",
				l->path, LOG_FOLDER_WAIT_MS / 1000);
			return err_hint(e, "try again when it has ended");
		}
		nanosleep(&step, NULL);
	}
	l->lock = fd;
	fd = -1;
	return true;
}

bool log_folder_owned(const struct log_folder *l, const struct private_key *key, struct err *e)
{
	uint8_t public_key[NOTE_KEY_SIZE];

	if (private_key_kind_of(key) == PRIVATE_KEY_ED25519 &&
		!private_key_ed25519(public_key, key, e))
		return false;
	if (private_key_kind_of(key) == PRIVATE_KEY_ED25519 &&
		ct_equal(public_key, l->key.bytes, sizeof public_key))
		return true;
	err_set(e, ERR_MISMATCH, "the private key is not that of the log '%.*s'",
		STR_ARG(l->key.name));
	return err_hint(e, "give the key that `assay log init` was given");
}

bool log_folder_lock(struct log_folder *l, const struct private_key *key, struct err *e)
{
	if (!log_folder_owned(l, key, e) || !log_folder_wait(l, e))
		return false;
	if (log_folder_reload(l, e) && log_folder_fulfil(l, key, e))
		return true;
	log_folder_unlock(l);
	return false;
}

void log_folder_unlock(struct log_folder *l)
{
	file_closep(&l->lock);
}

bool log_folder_resign(struct log_folder *l, const struct private_key *key, struct err *e)
{
	return log_folder_publish(l, &l->now, key, e);
}
