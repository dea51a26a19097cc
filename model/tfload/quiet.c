// While its library is initialised, TensorFlow writes that oneDNN is on, before it reads
// TF_CPP_MIN_LOG_LEVEL. So the level is applied to the stream here. Go writes to the
// descriptor, which stays as it is.

#define _GNU_SOURCE
#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "quiet.h"

enum { INFO, WARNING, ERROR, FATAL };

// edgeclr_stderr keeps two exchanges of stderr apart: each gives back the stream that it
// found. Package litert has the same lock. The linker makes one of the two.
__attribute__((weak)) pthread_mutex_t edgeclr_stderr = PTHREAD_MUTEX_INITIALIZER;

static FILE *kept;
static int least;

// level of a message: Abseil begins it with I, W, E or F and the date. What is not of
// Abseil counts as an error.
static int level_of(const char *text, size_t length) {
	static const char heading[] = "WARNING: All log messages before absl::InitializeLog()";
	static const char letters[] = "IWEF";
	if (length >= sizeof heading - 1 && memcmp(text, heading, sizeof heading - 1) == 0)
		return INFO;
	const char *letter = length > 1 && isdigit((unsigned char)text[1]) ? memchr(letters, text[0], 4) : NULL;
	return letter ? (int)(letter - letters) : ERROR;
}

static ssize_t filter(void *cookie, const char *text, size_t length) {
	(void)cookie;
	return level_of(text, length) < least ? (ssize_t)length : write(STDERR_FILENO, text, length);
}

void tfload_quiet(void) {
	pthread_mutex_lock(&edgeclr_stderr);
	const char *level = getenv("TF_CPP_MIN_LOG_LEVEL");
	least = level && level[0] >= '0' && level[0] <= '3' ? level[0] - '0' : ERROR;
	kept = stderr;
	FILE *filtered = fopencookie(NULL, "w", (cookie_io_functions_t){.write = filter});
	if (!filtered)
		return; // no memory: the messages are seen
	setvbuf(filtered, NULL, _IONBF, 0); // a message is one write, and is seen if the process ends next
	stderr = filtered;
}

// The filtered stream stays open. A thread of the library may still be writing to it.
void tfload_aloud(void) {
	stderr = kept;
	pthread_mutex_unlock(&edgeclr_stderr);
}
