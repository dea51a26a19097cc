#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "load.h"
#include "quiet.h"
#include "symbols.h"

// unbound is what every slot holds until the library is loaded. Its caller forgot to
// load it, and cannot go on: it waits for a result. Go's traceback names the function.
static void unbound(void) {
	static const char message[] = "edgeclr: a function of TensorFlow was called before tfload.Load\n";
	if (write(STDERR_FILENO, message, sizeof message - 1)) {}
	abort();
}

#define SYMBOL(name) __attribute__((visibility("hidden"))) void *tfload_##name = (void *)unbound;
SYMBOLS
#undef SYMBOL

static const struct {
	const char *name;
	void **slot;
} symbols[] = {
#define SYMBOL(name) {#name, &tfload_##name},
	SYMBOLS
#undef SYMBOL
};

enum { COUNT = sizeof symbols / sizeof *symbols };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int loaded;

// message formats like printf, into memory that the caller frees.
__attribute__((format(printf, 1, 2))) static char *message(const char *format, ...) {
	char *text = NULL;
	__builtin_va_list arguments;
	__builtin_va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		abort();
	__builtin_va_end(arguments);
	return text;
}

// open_library maps both libraries. The second one has another name in TensorFlow's own
// package for C.
static char *open_library(void **library) {
	// Functions are bound when they are first called: there are 150,000.
	static const int how = RTLD_LAZY | RTLD_LOCAL;
	if (!dlopen("libtensorflow_framework.so.2", how))
		return message("%s", dlerror());
	*library = dlopen("libtensorflow_cc.so.2", how);
	if (*library)
		return NULL;
	char *first = message("%s", dlerror());
	*library = dlopen("libtensorflow.so.2", how);
	char *text = *library ? NULL : message("%s; %s", first, dlerror());
	free(first);
	return text;
}

static char *bind(void) {
	void *library = NULL, *found[COUNT];
	tfload_quiet();
	char *text = open_library(&library);
	tfload_aloud();
	if (text)
		return text;
	for (int i = 0; i < COUNT; i++) {
		found[i] = dlsym(library, symbols[i].name);
		if (!found[i])
			return message("the library is of another release: %s", dlerror());
	}
	for (int i = 0; i < COUNT; i++)
		*symbols[i].slot = found[i];
	atomic_store(&loaded, 1);
	return NULL;
}

// A library that was mapped is never unmapped: TensorFlow's threads run in it.
char *tfload_open(void) {
	char *text = NULL;
	pthread_mutex_lock(&lock);
	if (!atomic_load(&loaded))
		text = bind();
	pthread_mutex_unlock(&lock);
	return text;
}

int tfload_loaded(void) { return atomic_load(&loaded); }
