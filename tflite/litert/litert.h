// The part of LiteRT's C API that this package calls, as release 2.3.0 has it. The wheel brings no headers. These
// declarations were written for this package and checked against the library by running it. Names are LiteRT's own.
#ifndef EDGECLR_LITERT_H
#define EDGECLR_LITERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int LiteRtStatus; // 0: success; status.go has the others

// Objects of the library. Only pointers to them pass here.
typedef struct LiteRtEnvironmentT *LiteRtEnvironment;
typedef struct LiteRtModelT *LiteRtModel;
typedef struct LiteRtOptionsT *LiteRtOptions;
typedef struct LiteRtOpaqueOptionsT *LiteRtOpaqueOptions;
typedef struct LiteRtCompiledModelT *LiteRtCompiledModel;
typedef struct LiteRtSignatureT *LiteRtSignature;
typedef struct LiteRtTensorT *LiteRtTensor;
typedef struct LiteRtTensorBufferT *LiteRtTensorBuffer;
typedef struct LiteRtTensorBufferRequirementsT *LiteRtTensorBufferRequirements;
typedef struct LiteRtAcceleratorT *LiteRtAccelerator;

enum { litertCpu = 1, litertGpu = 2, litertNpu = 4 };      // a set of accelerators
enum { litertLockRead = 0, litertLockWrite = 1 };          // what a locked buffer is for
enum { litertOptionAccelerators = 24, litertOptionLog = 25 }; // options of an environment
enum { litertAnyInt = 2 };                                 // type of an option's value
enum { litertLogErrors = 3 };                              // value of litertOptionLog
enum { litertMaxRank = 8 };

typedef struct {
	int32_t tag;
	struct {
		int32_t type;
		int64_t value;
	} value;
} LiteRtEnvOption;

typedef struct {
	unsigned int rank : 7;
	bool has_strides : 1;
	int32_t dimensions[litertMaxRank];
	uint32_t strides[litertMaxRank];
} LiteRtLayout;

typedef struct {
	int32_t element_type;
	LiteRtLayout layout;
} LiteRtRankedTensorType;

_Static_assert(sizeof(LiteRtEnvOption) == 24, "size of an option of an environment");
_Static_assert(sizeof(LiteRtRankedTensorType) == 72, "size of a tensor's type");

// LITERT_FUNCTIONS lists what is looked up in the library: result, name, parameters.
#define LITERT_FUNCTIONS(F)                                                                                                \
	F(LiteRtStatus, CreateEnvironment, (int, const LiteRtEnvOption *, LiteRtEnvironment *))                              \
	F(void, DestroyEnvironment, (LiteRtEnvironment))                                                                     \
	F(LiteRtStatus, GetNumAccelerators, (LiteRtEnvironment, size_t *))                                                   \
	F(LiteRtStatus, GetAccelerator, (LiteRtEnvironment, size_t, LiteRtAccelerator *))                                    \
	F(LiteRtStatus, GetAcceleratorHardwareSupport, (LiteRtAccelerator, int *))                                           \
	F(LiteRtStatus, CreateModelFromBuffer, (LiteRtEnvironment, const void *, size_t, LiteRtModel *))                     \
	F(void, DestroyModel, (LiteRtModel))                                                                                 \
	F(LiteRtStatus, GetNumModelSignatures, (LiteRtModel, size_t *))                                                      \
	F(LiteRtStatus, GetModelSignature, (LiteRtModel, size_t, LiteRtSignature *))                                         \
	F(LiteRtStatus, GetNumSignatureInputs, (LiteRtSignature, size_t *))                                                  \
	F(LiteRtStatus, GetNumSignatureOutputs, (LiteRtSignature, size_t *))                                                 \
	F(LiteRtStatus, GetSignatureInputName, (LiteRtSignature, size_t, const char **))                                     \
	F(LiteRtStatus, GetSignatureOutputName, (LiteRtSignature, size_t, const char **))                                    \
	F(LiteRtStatus, GetSignatureInputTensorByIndex, (LiteRtSignature, size_t, LiteRtTensor *))                           \
	F(LiteRtStatus, GetSignatureOutputTensorByIndex, (LiteRtSignature, size_t, LiteRtTensor *))                          \
	F(LiteRtStatus, GetRankedTensorType, (LiteRtTensor, LiteRtRankedTensorType *))                                       \
	F(LiteRtStatus, CreateOptions, (LiteRtOptions *))                                                                    \
	F(void, DestroyOptions, (LiteRtOptions))                                                                             \
	F(LiteRtStatus, SetOptionsHardwareAccelerators, (LiteRtOptions, int))                                                \
	F(LiteRtStatus, AddOpaqueOptions, (LiteRtOptions, LiteRtOpaqueOptions))                                              \
	F(LiteRtStatus, CreateOpaqueOptions, (const char *, void *, void (*)(void *), LiteRtOpaqueOptions *))                \
	F(void, DestroyOpaqueOptions, (LiteRtOpaqueOptions))                                                                 \
	F(LiteRtStatus, CreateCompiledModel, (LiteRtEnvironment, LiteRtModel, LiteRtOptions, LiteRtCompiledModel *))         \
	F(void, DestroyCompiledModel, (LiteRtCompiledModel))                                                                 \
	F(LiteRtStatus, CompiledModelIsFullyAccelerated, (LiteRtCompiledModel, bool *))                                      \
	F(LiteRtStatus, CompiledModelIsNonCpuFullyAccelerated, (LiteRtCompiledModel, bool *))                                \
	F(LiteRtStatus, CompiledModelGetErrorMessages, (LiteRtCompiledModel, char **))                                       \
	F(LiteRtStatus, CompiledModelClearErrors, (LiteRtCompiledModel))                                                     \
	F(LiteRtStatus, GetCompiledModelInputBufferRequirements,                                                             \
	  (LiteRtCompiledModel, size_t, size_t, LiteRtTensorBufferRequirements *))                                           \
	F(LiteRtStatus, GetCompiledModelOutputBufferRequirements,                                                            \
	  (LiteRtCompiledModel, size_t, size_t, LiteRtTensorBufferRequirements *))                                           \
	F(LiteRtStatus, CreateManagedTensorBufferFromRequirements,                                                           \
	  (LiteRtEnvironment, const LiteRtRankedTensorType *, LiteRtTensorBufferRequirements, LiteRtTensorBuffer *))         \
	F(void, DestroyTensorBuffer, (LiteRtTensorBuffer))                                                                   \
	F(LiteRtStatus, GetTensorBufferPackedSize, (LiteRtTensorBuffer, size_t *))                                           \
	F(LiteRtStatus, LockTensorBuffer, (LiteRtTensorBuffer, void **, int))                                                \
	F(LiteRtStatus, UnlockTensorBuffer, (LiteRtTensorBuffer))                                                            \
	F(LiteRtStatus, RunCompiledModel,                                                                                    \
	  (LiteRtCompiledModel, size_t, size_t, LiteRtTensorBuffer *, size_t, LiteRtTensorBuffer *))

// A litert is the loaded library: a pointer for each function.
typedef struct {
	void *handle;
#define F(result, name, parameters) result(*name) parameters;
	LITERT_FUNCTIONS(F)
#undef F
} litert;

// litert_load loads the library at path. It returns 0, or a message in *message that the caller frees; *missing is the
// name of a function that a library lacks which could be loaded, or NULL.
int litert_load(litert *l, const char *path, char **message, const char **missing);

// litert_path returns the file that the library was loaded from. The caller frees it.
char *litert_path(const litert *l);

void litert_unload(litert *l);

// A litert_network is an opened network with the buffers of its tensors.
typedef struct {
	void *file; // the bytes of the .tflite file; they must outlive the model
	LiteRtModel model;
	LiteRtOptions options;
	LiteRtCompiledModel compiled;
	size_t inputs, outputs;
	LiteRtTensorBuffer *buffers; // of the inputs, then of the outputs
} litert_network;

// A litert_tensor describes an input or an output.
typedef struct {
	const char *name; // the library owns it
	LiteRtRankedTensorType type;
	size_t bytes;
} litert_tensor;

// Of litert_environment and litert_open, *reports is what the library wrote meanwhile, or NULL. The caller frees it.
LiteRtStatus litert_environment(const litert *l, int accelerators, LiteRtEnvironment *env, char **reports);
LiteRtStatus litert_accelerators(const litert *l, LiteRtEnvironment env, int *accelerators);

// litert_open fills n. On failure *step says what failed; litert_close frees what is there already.
LiteRtStatus litert_open(const litert *l, LiteRtEnvironment env, const void *file, size_t size, int accelerators,
                         const char *cpu, const char *runtime, litert_network *n, const char **step, char **reports);
LiteRtStatus litert_describe(const litert *l, const litert_network *n, size_t i, litert_tensor *t);
void litert_close(const litert *l, litert_network *n);

// litert_write and litert_read copy one tensor, litert_run computes.
LiteRtStatus litert_write(const litert *l, litert_network *n, size_t i, const void *from, size_t bytes);
LiteRtStatus litert_read(const litert *l, litert_network *n, size_t i, void *to, size_t bytes);
LiteRtStatus litert_run(const litert *l, litert_network *n);

// litert_errors returns what the library reported since the last call, or NULL. The caller frees it.
char *litert_errors(const litert *l, litert_network *n);
LiteRtStatus litert_delegated(const litert *l, const litert_network *n, bool *all, bool *off_cpu);

#endif
