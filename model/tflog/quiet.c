#include <string.h>

// absl::log_internal::RawSetMinLogLevel. The release of Abseil is part of the
// name; the weak reference is null where the library has another one.
extern void set_min_log_level(int severity)
	__asm__("_ZN4absl12lts_2025081412log_internal17RawSetMinLogLevelENS0_18LogSeverityAtLeastE")
	__attribute__((weak));

enum { ERRORS = 2 };

static void quiet(int argc, char **argv, char **environ) {
	static const char name[] = "TF_CPP_MIN_LOG_LEVEL=";
	int severity = ERRORS;
	(void)argc, (void)argv;
	for (; *environ; environ++) {
		if (strncmp(*environ, name, sizeof name - 1) != 0)
			continue;
		char digit = (*environ)[sizeof name - 1];
		if (digit >= '0' && digit <= '3')
			severity = digit - '0';
	}
	if (set_min_log_level)
		set_min_log_level(severity);
}

// Functions in this section run after the libraries are mapped and before the
// first of them is initialised.
__attribute__((section(".preinit_array"), used)) static void (*const before)(int, char **, char **) = quiet;
