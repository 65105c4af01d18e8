/* A word of a command line for a person to copy. */
#ifndef ASSAY_CMD_SHELL_WORD_H
#define ASSAY_CMD_SHELL_WORD_H

/* The word as a shell takes it, in quotes where it must be; owned by the caller (free). */
char *shell_word(const char *word);

#endif
