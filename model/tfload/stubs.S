// Each function of symbols.h is one jump through its slot (load.c), with all
// arguments in place. The symbols are hidden: only this program's objects are bound
// to them, never those of a library.
#include "symbols.h"

#if defined(__x86_64__)
#define JUMP(slot) jmp *slot(%rip)
#elif defined(__aarch64__)
#define JUMP(slot) adrp x16, slot; ldr x16, [x16, :lo12:slot]; br x16
#else
#error "no jump for this architecture; write one in stubs.S"
#endif

#define SYMBOL(name) \
	.globl name; .hidden name; .type name, %function; name: JUMP(tfload_ ## name); .size name, . - name;

	.text
	SYMBOLS

	.section .note.GNU-stack, "", %progbits
