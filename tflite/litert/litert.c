#define _GNU_SOURCE
#include "litert.h"

#include <dlfcn.h>
#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// The library reports what it does and what fails as lines on C's stream stderr; no function of its API takes them. glibc
// lets a program exchange that stream, which Go does not use. So while a network is opened, stderr is a stream into memory.
// That stream is never closed: another thread may still hold it. edgeclr_stderr keeps two exchanges of stderr apart: each
// gives back the stream that it found. Package tfload has the same lock. The linker makes one of the two.
__attribute__((weak)) pthread_mutex_t edgeclr_stderr = PTHREAD_MUTEX_INITIALIZER;

static FILE *report_stream(void) {
	static FILE *stream;
	if (stream == NULL) {
		int fd = memfd_create("litert", MFD_CLOEXEC);
		if (fd >= 0) stream = fdopen(fd, "w+");
	}
	return stream;
}

static FILE *divert(void) {
	pthread_mutex_lock(&edgeclr_stderr);
	FILE *own = stderr, *stream = report_stream();
	if (stream != NULL) stderr = stream;
	return own;
}

// restore ends a diversion, and returns what was written meanwhile, or NULL.
static char *restore(FILE *own) {
	FILE *stream = report_stream();
	char *text = NULL;
	stderr = own;
	if (stream != NULL) {
		fflush(stream);
		long size = ftell(stream);
		if (size > 0) text = calloc(1, size + 1);
		if (text != NULL && pread(fileno(stream), text, size, 0) < 0) text[0] = 0;
		rewind(stream);
	}
	pthread_mutex_unlock(&edgeclr_stderr);
	return text;
}

int litert_load(litert *l, const char *path, char **message, const char **missing) {
	*message = NULL;
	*missing = NULL;
	l->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (l->handle == NULL) {
		*message = strdup(dlerror());
		return -1;
	}
#define F(result, name, parameters)                                                                                        \
	*(void **)&l->name = dlsym(l->handle, "LiteRt" #name);                                                               \
	if (l->name == NULL && *missing == NULL) *missing = "LiteRt" #name;
	LITERT_FUNCTIONS(F)
#undef F
	return *missing == NULL ? 0 : -1;
}

char *litert_path(const litert *l) {
	struct link_map *map = NULL;
	if (dlinfo(l->handle, RTLD_DI_LINKMAP, &map) != 0 || map == NULL) return NULL;
	return strdup(map->l_name);
}

void litert_unload(litert *l) {
	if (l->handle != NULL) dlclose(l->handle);
	l->handle = NULL;
}

LiteRtStatus litert_environment(const litert *l, int accelerators, LiteRtEnvironment *env, char **reports) {
	LiteRtEnvOption options[] = {
		{litertOptionAccelerators, {litertAnyInt, accelerators}},
		{litertOptionLog, {litertAnyInt, litertLogErrors}},
	};
	FILE *own = divert();
	LiteRtStatus status = l->CreateEnvironment(2, options, env);
	*reports = restore(own);
	return status;
}

LiteRtStatus litert_accelerators(const litert *l, LiteRtEnvironment env, int *accelerators) {
	size_t n = 0;
	LiteRtStatus status = l->GetNumAccelerators(env, &n);
	*accelerators = 0;
	for (size_t i = 0; status == 0 && i < n; i++) {
		LiteRtAccelerator a = NULL;
		int supports = 0;
		if ((status = l->GetAccelerator(env, i, &a)) == 0 &&
		    (status = l->GetAcceleratorHardwareSupport(a, &supports)) == 0)
			*accelerators |= supports;
	}
	return status;
}

// add_options hands a text of the form key = value to the part of the library that is named identifier.
static LiteRtStatus add_options(const litert *l, LiteRtOptions options, const char *identifier, const char *text) {
	char *payload = strdup(text);
	if (payload == NULL) return 2;
	LiteRtOpaqueOptions opaque = NULL;
	LiteRtStatus status = l->CreateOpaqueOptions(identifier, payload, free, &opaque);
	if (status != 0) {
		free(payload);
		return status;
	}
	if ((status = l->AddOpaqueOptions(options, opaque)) != 0) l->DestroyOpaqueOptions(opaque);
	return status;
}

// signature gives the network's only signature. A file without one gets a default signature from the library.
static LiteRtStatus signature(const litert *l, const litert_network *n, LiteRtSignature *s) {
	return l->GetModelSignature(n->model, 0, s);
}

static LiteRtStatus tensor_type(const litert *l, const litert_network *n, size_t i, LiteRtRankedTensorType *type) {
	LiteRtSignature s = NULL;
	LiteRtTensor t = NULL;
	LiteRtStatus status = signature(l, n, &s);
	if (status != 0) return status;
	status = i < n->inputs ? l->GetSignatureInputTensorByIndex(s, i, &t)
	                       : l->GetSignatureOutputTensorByIndex(s, i - n->inputs, &t);
	return status != 0 ? status : l->GetRankedTensorType(t, type);
}

// make_buffers makes a buffer for each tensor, of the kind that the network's accelerator wants.
static LiteRtStatus make_buffers(const litert *l, LiteRtEnvironment env, litert_network *n) {
	LiteRtSignature s = NULL;
	LiteRtStatus status;
	if ((status = signature(l, n, &s)) != 0 || (status = l->GetNumSignatureInputs(s, &n->inputs)) != 0 ||
	    (status = l->GetNumSignatureOutputs(s, &n->outputs)) != 0)
		return status;
	n->buffers = calloc(n->inputs + n->outputs, sizeof *n->buffers);
	if (n->buffers == NULL) return 2;
	for (size_t i = 0; i < n->inputs + n->outputs; i++) {
		LiteRtTensorBufferRequirements needs = NULL;
		LiteRtRankedTensorType type;
		if ((status = tensor_type(l, n, i, &type)) != 0) return status;
		status = i < n->inputs
		             ? l->GetCompiledModelInputBufferRequirements(n->compiled, 0, i, &needs)
		             : l->GetCompiledModelOutputBufferRequirements(n->compiled, 0, i - n->inputs, &needs);
		if (status != 0) return status;
		status = l->CreateManagedTensorBufferFromRequirements(env, &type, needs, &n->buffers[i]);
		if (status != 0) return status;
	}
	return 0;
}

static LiteRtStatus open_network(const litert *l, LiteRtEnvironment env, const void *file, size_t size, int accelerators,
                                 const char *cpu, const char *runtime, litert_network *n, const char **step) {
	LiteRtStatus status;
	memset(n, 0, sizeof *n);
	*step = "copying the file";
	if (posix_memalign(&n->file, 64, size) != 0) {
		n->file = NULL;
		return 2;
	}
	memcpy(n->file, file, size);
	*step = "reading the file";
	if ((status = l->CreateModelFromBuffer(env, n->file, size, &n->model)) != 0) return status;
	*step = "setting options";
	if ((status = l->CreateOptions(&n->options)) != 0) return status;
	if ((status = l->SetOptionsHardwareAccelerators(n->options, accelerators)) != 0) return status;
	if ((status = add_options(l, n->options, "xnnpack", cpu)) != 0) return status;
	if ((status = add_options(l, n->options, "runtime_options_string", runtime)) != 0) return status;
	*step = "preparing the network";
	if ((status = l->CreateCompiledModel(env, n->model, n->options, &n->compiled)) != 0) return status;
	*step = "making the buffers of its inputs and outputs";
	return make_buffers(l, env, n);
}

LiteRtStatus litert_open(const litert *l, LiteRtEnvironment env, const void *file, size_t size, int accelerators,
                         const char *cpu, const char *runtime, litert_network *n, const char **step, char **reports) {
	FILE *own = divert();
	LiteRtStatus status = open_network(l, env, file, size, accelerators, cpu, runtime, n, step);
	*reports = restore(own);
	return status;
}

LiteRtStatus litert_describe(const litert *l, const litert_network *n, size_t i, litert_tensor *t) {
	LiteRtSignature s = NULL;
	LiteRtStatus status = signature(l, n, &s);
	if (status != 0) return status;
	status = i < n->inputs ? l->GetSignatureInputName(s, i, &t->name)
	                       : l->GetSignatureOutputName(s, i - n->inputs, &t->name);
	if (status != 0) return status;
	if ((status = tensor_type(l, n, i, &t->type)) != 0) return status;
	return l->GetTensorBufferPackedSize(n->buffers[i], &t->bytes);
}

void litert_close(const litert *l, litert_network *n) {
	for (size_t i = 0; n->buffers != NULL && i < n->inputs + n->outputs; i++)
		if (n->buffers[i] != NULL) l->DestroyTensorBuffer(n->buffers[i]);
	free(n->buffers);
	if (n->compiled != NULL) l->DestroyCompiledModel(n->compiled);
	if (n->options != NULL) l->DestroyOptions(n->options);
	if (n->model != NULL) l->DestroyModel(n->model);
	free(n->file);
	memset(n, 0, sizeof *n);
	// glibc keeps what was freed, for each thread that opened a network: 30 MB of one with 14 MB of weights.
	malloc_trim(0);
}

LiteRtStatus litert_write(const litert *l, litert_network *n, size_t i, const void *from, size_t bytes) {
	void *memory = NULL;
	LiteRtStatus status = l->LockTensorBuffer(n->buffers[i], &memory, litertLockWrite);
	if (status != 0) return status;
	memcpy(memory, from, bytes);
	return l->UnlockTensorBuffer(n->buffers[i]);
}

LiteRtStatus litert_read(const litert *l, litert_network *n, size_t i, void *to, size_t bytes) {
	void *memory = NULL;
	LiteRtStatus status = l->LockTensorBuffer(n->buffers[n->inputs + i], &memory, litertLockRead);
	if (status != 0) return status;
	memcpy(to, memory, bytes);
	return l->UnlockTensorBuffer(n->buffers[n->inputs + i]);
}

LiteRtStatus litert_run(const litert *l, litert_network *n) {
	return l->RunCompiledModel(n->compiled, 0, n->inputs, n->buffers, n->outputs, n->buffers + n->inputs);
}

char *litert_errors(const litert *l, litert_network *n) {
	char *messages = NULL;
	if (n->compiled == NULL || l->CompiledModelGetErrorMessages(n->compiled, &messages) != 0) return NULL;
	l->CompiledModelClearErrors(n->compiled);
	return messages;
}

LiteRtStatus litert_delegated(const litert *l, const litert_network *n, bool *all, bool *off_cpu) {
	LiteRtStatus status = l->CompiledModelIsFullyAccelerated(n->compiled, all);
	return status != 0 ? status : l->CompiledModelIsNonCpuFullyAccelerated(n->compiled, off_cpu);
}
