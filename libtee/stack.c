/* SPDX-License-Identifier: Apache-2.0 */
/* stack: see stack.h. */
#include "config.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <ucontext.h>

#include "libtee/stack.h"

#ifdef HAVE_VALGRIND_MEMCHECK_H
#include <valgrind/memcheck.h>
#else
#define VALGRIND_MAKE_MEM_UNDEFINED(start, size) 0
#define VALGRIND_STACK_REGISTER(start, end) 0
#define VALGRIND_STACK_DEREGISTER(id) (void)(id)
#endif

int
tee_stack_alloc(struct tee_stack_memory *stack, size_t size)
{
	int error = tee_secret_alloc(&stack->memory, size);

	if (error == 0)
		stack->valgrind = VALGRIND_STACK_REGISTER(stack->memory.data,
		    stack->memory.data + stack->memory.size);
	return error;
}

void
tee_stack_free(struct tee_stack_memory *stack)
{
	if (stack->memory.map != NULL)
		VALGRIND_STACK_DEREGISTER(stack->valgrind);
	tee_secret_free(&stack->memory);
}

/*
 * Signing and hashing code spills words of the key into vector registers;
 * the caller's own are dead across a call by the ABI.
 */
void
tee_stack_wipe_vectors(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512f"))
		__asm__ volatile("vzeroall\n\t"
				 "vpxorq %%zmm16,%%zmm16,%%zmm16\n\t"
				 "vpxorq %%zmm17,%%zmm17,%%zmm17\n\t"
				 "vpxorq %%zmm18,%%zmm18,%%zmm18\n\t"
				 "vpxorq %%zmm19,%%zmm19,%%zmm19\n\t"
				 "vpxorq %%zmm20,%%zmm20,%%zmm20\n\t"
				 "vpxorq %%zmm21,%%zmm21,%%zmm21\n\t"
				 "vpxorq %%zmm22,%%zmm22,%%zmm22\n\t"
				 "vpxorq %%zmm23,%%zmm23,%%zmm23\n\t"
				 "vpxorq %%zmm24,%%zmm24,%%zmm24\n\t"
				 "vpxorq %%zmm25,%%zmm25,%%zmm25\n\t"
				 "vpxorq %%zmm26,%%zmm26,%%zmm26\n\t"
				 "vpxorq %%zmm27,%%zmm27,%%zmm27\n\t"
				 "vpxorq %%zmm28,%%zmm28,%%zmm28\n\t"
				 "vpxorq %%zmm29,%%zmm29,%%zmm29\n\t"
				 "vpxorq %%zmm30,%%zmm30,%%zmm30\n\t"
				 "vpxorq %%zmm31,%%zmm31,%%zmm31" ::
				     : "memory");
	else if (__builtin_cpu_supports("avx"))
		__asm__ volatile("vzeroall" ::: "memory");
	else
		__asm__ volatile(
		    "pxor %%xmm0,%%xmm0\n\tpxor %%xmm1,%%xmm1\n\t"
		    "pxor %%xmm2,%%xmm2\n\tpxor %%xmm3,%%xmm3\n\t"
		    "pxor %%xmm4,%%xmm4\n\tpxor %%xmm5,%%xmm5\n\t"
		    "pxor %%xmm6,%%xmm6\n\tpxor %%xmm7,%%xmm7\n\t"
		    "pxor %%xmm8,%%xmm8\n\tpxor %%xmm9,%%xmm9\n\t"
		    "pxor %%xmm10,%%xmm10\n\tpxor %%xmm11,%%xmm11\n\t"
		    "pxor %%xmm12,%%xmm12\n\tpxor %%xmm13,%%xmm13\n\t"
		    "pxor %%xmm14,%%xmm14\n\tpxor %%xmm15,%%xmm15" ::
			: "memory");
#elif defined(__aarch64__)
	__asm__ volatile(
	    "movi v0.16b,#0\n\tmovi v1.16b,#0\n\tmovi v2.16b,#0\n\t"
	    "movi v3.16b,#0\n\tmovi v4.16b,#0\n\tmovi v5.16b,#0\n\t"
	    "movi v6.16b,#0\n\tmovi v7.16b,#0\n\tmovi v16.16b,#0\n\t"
	    "movi v17.16b,#0\n\tmovi v18.16b,#0\n\tmovi v19.16b,#0\n\t"
	    "movi v20.16b,#0\n\tmovi v21.16b,#0\n\tmovi v22.16b,#0\n\t"
	    "movi v23.16b,#0\n\tmovi v24.16b,#0\n\tmovi v25.16b,#0\n\t"
	    "movi v26.16b,#0\n\tmovi v27.16b,#0\n\tmovi v28.16b,#0\n\t"
	    "movi v29.16b,#0\n\tmovi v30.16b,#0\n\tmovi v31.16b,#0" ::
		: "memory");
#endif
}

/*
 * Calls fn(arg) with the stack pointer at `top`.  swapcontext does the same
 * with three system calls for a signal mask that does not change; a signature
 * feels them.
 */
#if defined(__x86_64__)
static bool
call_on(uint8_t *top, void (*fn)(void *), void *arg)
{
	__asm__ volatile("movq %%rsp, %%rbx\n\t"
			 "movq %[top], %%rsp\n\t"
			 "callq *%[fn]\n\t"
			 "movq %%rbx, %%rsp"
			 : "+D"(arg)
			 : [top] "r"(top), [fn] "r"(fn)
			 : "rbx", "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10",
			 "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",
			 "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
			 "xmm12", "xmm13", "xmm14", "xmm15", "cc", "memory");
	return true;
}
#elif defined(__aarch64__)
static bool
call_on(uint8_t *top, void (*fn)(void *), void *arg)
{
	register void *x0 __asm__("x0") = arg;

	__asm__ volatile("mov x19, sp\n\t"
			 "mov sp, %[top]\n\t"
			 "blr %[fn]\n\t"
			 "mov sp, x19"
			 : "+r"(x0)
			 : [top] "r"(top), [fn] "r"(fn)
			 : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9",
			 "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
			 "x19", "x30", "v0", "v1", "v2", "v3", "v4", "v5", "v6",
			 "v7", "v16", "v17", "v18", "v19", "v20", "v21", "v22",
			 "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30",
			 "v31", "cc", "memory");
	return true;
}
#else
struct visit {
	void (*fn)(void *);
	void *arg;
};

/* makecontext passes ints only: the pointer travels in two halves. */
static void
enter(unsigned high, unsigned low)
{
	struct visit *v =
	    (struct visit *)((uintptr_t)high << 16 << 16 | (uintptr_t)low);

	v->fn(v->arg);
}

static bool
call_on(uint8_t *top, void (*fn)(void *), void *arg)
{
	struct visit v = { fn, arg };
	uintptr_t p = (uintptr_t)&v;
	ucontext_t home, away;

	if (getcontext(&away) != 0)
		return false;
	away.uc_stack.ss_sp = top - TEE_STACK_LEAST;
	away.uc_stack.ss_size = TEE_STACK_LEAST;
	away.uc_link = &home;
	makecontext(&away, (void (*)(void))enter, 2, (unsigned)(p >> 16 >> 16),
	    (unsigned)p);
	return swapcontext(&home, &away) == 0;
}
#endif

/* All but those by which the kernel reports a fault of this thread. */
static void
hold_signals(sigset_t *before)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
		SIGSYS, SIGABRT };
	sigset_t held;
	size_t i;

	sigfillset(&held);
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigdelset(&held, faults[i]);
	pthread_sigmask(SIG_BLOCK, &held, before);
}

void
tee_stack_call(struct tee_stack_memory *stack, void (*fn)(void *), void *arg)
{
	sigset_t before;

	hold_signals(&before);
	tee_stack_visit(stack, fn, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void
tee_stack_visit(struct tee_stack_memory *stack, void (*fn)(void *), void *arg)
{
	uint8_t *bottom = stack->memory.data;
	uint8_t *top = bottom + stack->memory.size;

	/*
	 * AddressSanitizer keeps its own picture of the stack and reports
	 * frames on a foreign one as overflows; its builds are not for keys.
	 */
	if (UNDER_ASAN || !call_on(top, fn, arg)) {
		fn(arg);
		tee_stack_wipe_vectors();
		return;
	}
	/* To valgrind, what lies below a stack pointer is out of bounds. */
	(void)VALGRIND_MAKE_MEM_UNDEFINED(bottom, stack->memory.size);
	explicit_bzero(bottom, stack->memory.size);
	tee_stack_wipe_vectors();
}
