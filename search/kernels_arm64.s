#include "textflag.h"

// Instructions that Go's assembler lacks, by the encodings of the Arm
// Architecture Reference Manual (C7.2). Arguments are register numbers.
#define FADDP(m, n, d)  WORD $(0x6E20D400 | (m<<16) | (n<<5) | d) // Vd.4S = pairs of Vn, Vm
#define SXTL(n, d)      WORD $(0x0F08A400 | (n<<5) | d)           // Vd.8H = low 8 bytes of Vn
#define SXTL2(n, d)     WORD $(0x4F08A400 | (n<<5) | d)           // Vd.8H = high 8 bytes of Vn
#define SMLAL(m, n, d)  WORD $(0x0E608000 | (m<<16) | (n<<5) | d) // Vd.4S += low 4 of Vn.8H * Vm.8H
#define SMLAL2(m, n, d) WORD $(0x4E608000 | (m<<16) | (n<<5) | d) // Vd.4S += high 4

// The value of a row must not depend on its place, so rows in fours and single
// rows add in the same order: two sums of 4 lanes each, then pairs.

// FMA2 adds 8 products of the row at p and the query in V16 and V17.
#define FMA2(p, a, b) \
	VLD1.P 32(p), [V18.S4, V19.S4] \
	VFMLA  V16.S4, V18.S4, a       \
	VFMLA  V17.S4, V19.S4, b

// SUM adds the lanes of registers a and b into the next float of dst (R0); f is
// the low float of register a.
#define SUM(a, b, f) \
	FADDP(b, a, a)  \
	FADDP(a, a, a)  \
	FADDP(a, a, a)  \
	FMOVS.P f, 4(R0)

// func dotsNEON(dst, rows, query *float32, n, dim int)
TEXT ·dotsNEON(SB), NOSPLIT, $0-40
	MOVD dst+0(FP), R0
	MOVD rows+8(FP), R1
	MOVD query+16(FP), R2
	MOVD n+24(FP), R3
	MOVD dim+32(FP), R4
	LSL  $2, R4, R5       // bytes of a row

four:
	CMP  $4, R3
	BLT  one
	ADD  R5, R1, R6
	ADD  R5, R6, R7
	ADD  R5, R7, R8
	VEOR V0.B16, V0.B16, V0.B16
	VEOR V1.B16, V1.B16, V1.B16
	VEOR V2.B16, V2.B16, V2.B16
	VEOR V3.B16, V3.B16, V3.B16
	VEOR V4.B16, V4.B16, V4.B16
	VEOR V5.B16, V5.B16, V5.B16
	VEOR V6.B16, V6.B16, V6.B16
	VEOR V7.B16, V7.B16, V7.B16
	MOVD R2, R9
	MOVD R4, R10

fourInner:
	VLD1.P 32(R9), [V16.S4, V17.S4]
	FMA2(R1, V0.S4, V1.S4)
	FMA2(R6, V2.S4, V3.S4)
	FMA2(R7, V4.S4, V5.S4)
	FMA2(R8, V6.S4, V7.S4)
	SUBS   $8, R10, R10
	BGT    fourInner
	SUM(0, 1, F0)
	SUM(2, 3, F2)
	SUM(4, 5, F4)
	SUM(6, 7, F6)
	MOVD   R8, R1
	SUB    $4, R3, R3
	B      four

one:
	CBZ  R3, done
	VEOR V0.B16, V0.B16, V0.B16
	VEOR V1.B16, V1.B16, V1.B16
	MOVD R2, R9
	MOVD R4, R10

oneInner:
	VLD1.P 32(R9), [V16.S4, V17.S4]
	FMA2(R1, V0.S4, V1.S4)
	SUBS   $8, R10, R10
	BGT    oneInner
	SUM(0, 1, F0)
	SUB    $1, R3, R3
	B      one

done:
	RET

// ROW adds 16 products of the codes at p and the query in V16 and V17 to the
// registers a and b.
#define ROW(p, a, b) \
	VLD1.P 16(p), [V20.B16] \
	SXTL(20, 21)            \
	SXTL2(20, 22)           \
	SMLAL(16, 21, a)        \
	SMLAL2(16, 21, b)       \
	SMLAL(17, 22, a)        \
	SMLAL2(17, 22, b)

// STORE adds the lanes of va and vb into the next integer of dst (R0); f is the
// low word of va.
#define STORE(va, vb, f) \
	VADD    vb.S4, va.S4, va.S4 \
	VADDV   va.S4, va           \
	FMOVS.P f, 4(R0)

// func dotCodesNEON(dst *int32, rows *int8, query *int16, n, dim int)
TEXT ·dotCodesNEON(SB), NOSPLIT, $0-40
	MOVD dst+0(FP), R0
	MOVD rows+8(FP), R1
	MOVD query+16(FP), R2
	MOVD n+24(FP), R3
	MOVD dim+32(FP), R4

codes:
	ADD  R4, R1, R6
	ADD  R4, R6, R7
	ADD  R4, R7, R8
	VEOR V0.B16, V0.B16, V0.B16
	VEOR V1.B16, V1.B16, V1.B16
	VEOR V2.B16, V2.B16, V2.B16
	VEOR V3.B16, V3.B16, V3.B16
	VEOR V4.B16, V4.B16, V4.B16
	VEOR V5.B16, V5.B16, V5.B16
	VEOR V6.B16, V6.B16, V6.B16
	VEOR V7.B16, V7.B16, V7.B16
	MOVD R2, R9
	MOVD R4, R10

codesInner:
	VLD1.P 32(R9), [V16.H8, V17.H8]
	ROW(R1, 0, 1)
	ROW(R6, 2, 3)
	ROW(R7, 4, 5)
	ROW(R8, 6, 7)
	SUBS   $16, R10, R10
	BGT    codesInner
	STORE(V0, V1, F0)
	STORE(V2, V3, F2)
	STORE(V4, V5, F4)
	STORE(V6, V7, F6)
	MOVD   R8, R1
	SUBS   $4, R3, R3
	BGT    codes
	RET
