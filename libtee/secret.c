/* SPDX-License-Identifier: Apache-2.0 */
/* secret: see secret.h; the measurements behind it are in tee(7). */
#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <tee/tee.h>

#include "libtee/secret.h"

#ifdef HAVE_VALGRIND_VALGRIND_H
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(start, end) 0
#define VALGRIND_STACK_DEREGISTER(id) (void)(id)
#endif

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif
#ifndef UNDER_ASAN
#define UNDER_ASAN 0
#endif

int
tee_secret_alloc(struct tee_secret *s, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), body;

	memset(s, 0, sizeof(*s));
	if (size == 0 || size > SIZE_MAX / 2)
		return TEE_E_MEMORY;
	body = (size + page - 1) / page * page;
	s->map_size = body + 2 * page;
	s->map = mmap(NULL, s->map_size, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->map == MAP_FAILED) {
		memset(s, 0, sizeof(*s));
		return TEE_E_MEMORY;
	}
	s->data = (uint8_t *)s->map + page;
	s->size = body;
	if (mprotect(s->data, body, PROT_READ | PROT_WRITE) != 0 ||
	    mlock(s->data, body) != 0 ||
	    madvise(s->data, body, MADV_DONTDUMP) != 0 ||
	    madvise(s->data, body, MADV_WIPEONFORK) != 0) {
		munmap(s->map, s->map_size);
		memset(s, 0, sizeof(*s));
		return TEE_E_MEMORY;
	}
	return 0;
}

void
tee_secret_free(struct tee_secret *s)
{
	if (s->map == NULL)
		return;
	OPENSSL_cleanse(s->data, s->size);
	munmap(s->map, s->map_size);
	memset(s, 0, sizeof(*s));
}

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
static void
wipe_vectors(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512f"))
		__asm__ volatile(
		    "vzeroall\n\t"
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
		    "vpxorq %%zmm31,%%zmm31,%%zmm31" ::: "memory");
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
		    "pxor %%xmm14,%%xmm14\n\tpxor %%xmm15,%%xmm15"
		    ::: "memory");
#elif defined(__aarch64__)
	__asm__ volatile(
	    "movi v0.16b,#0\n\tmovi v1.16b,#0\n\tmovi v2.16b,#0\n\t"
	    "movi v3.16b,#0\n\tmovi v4.16b,#0\n\tmovi v5.16b,#0\n\t"
	    "movi v6.16b,#0\n\tmovi v7.16b,#0\n\tmovi v16.16b,#0\n\t"
	    "movi v17.16b,#0\n\tmovi v18.16b,#0\n\tmovi v19.16b,#0\n\t"
	    "movi v20.16b,#0\n\tmovi v21.16b,#0\n\tmovi v22.16b,#0\n\t"
	    "movi v23.16b,#0\n\tmovi v24.16b,#0\n\tmovi v25.16b,#0\n\t"
	    "movi v26.16b,#0\n\tmovi v27.16b,#0\n\tmovi v28.16b,#0\n\t"
	    "movi v29.16b,#0\n\tmovi v30.16b,#0\n\tmovi v31.16b,#0"
	    ::: "memory");
#endif
}

struct visit {
	ucontext_t home;
	ucontext_t away;
	void (*fn)(void *);
	void *arg;
};

/* makecontext passes ints only: the pointer travels in two halves. */
static void
enter(unsigned high, unsigned low)
{
	struct visit *v = (struct visit *)((uintptr_t)high << 16 << 16 |
	    (uintptr_t)low);

	v->fn(v->arg);
}

void
tee_stack_call(struct tee_stack_memory *stack, void (*fn)(void *), void *arg)
{
	struct visit v = { .fn = fn, .arg = arg };
	uintptr_t p = (uintptr_t)&v;

	/*
	 * AddressSanitizer keeps its own picture of the stack and reports
	 * frames on a foreign one as overflows; its builds are not for keys.
	 */
	if (UNDER_ASAN || getcontext(&v.away) != 0) {
		fn(arg);
		wipe_vectors();
		return;
	}
	v.away.uc_stack.ss_sp = stack->memory.data;
	v.away.uc_stack.ss_size = stack->memory.size;
	v.away.uc_link = &v.home;
	makecontext(&v.away, (void (*)(void))enter, 2,
	    (unsigned)(p >> 16 >> 16), (unsigned)p);
	swapcontext(&v.home, &v.away);
	OPENSSL_cleanse(stack->memory.data, stack->memory.size);
	wipe_vectors();
}
