/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for secrets: locked, undumped, empty in a child, fenced, and wiped;
 * and the private stack that leaves nothing of a call behind.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <check.h>
#include <tee/tee.h>

#include "libtee/stack.h"

/* The VmFlags of the mapping that begins there: "lo dd wf ..." */
static bool
has_flag(const void *p, const char *flag)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	char line[512], start[32];
	bool here = false, found = false;

	ck_assert_ptr_nonnull(f);
	snprintf(start, sizeof(start), "%lx-", (unsigned long)p);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, start, strlen(start)) == 0)
			here = true;
		else if (here && strncmp(line, "VmFlags:", 8) == 0) {
			found = strstr(line, flag) != NULL;
			break;
		}
	}
	fclose(f);
	return found;
}

START_TEST(protected_memory)
{
	struct tee_secret s;

	ck_assert_int_eq(tee_secret_alloc(&s, 100), 0);
	ck_assert_uint_ge(s.size, 100);
	/* AddressSanitizer swallows mlock(2). */
	ck_assert(has_flag(s.data, " lo") || UNDER_ASAN);
	ck_assert(has_flag(s.data, " dd"));
	ck_assert(has_flag(s.data, " wf"));
	memset(s.data, 0xa5, s.size);
	tee_secret_free(&s);
	ck_assert_ptr_null(s.data);
	ck_assert_ptr_null(s.map);
	tee_secret_free(&s);
}
END_TEST

START_TEST(sizes)
{
	static const size_t refused[] = { 0, SIZE_MAX, SIZE_MAX / 2 + 1,
		SIZE_MAX / 2, SIZE_MAX / 2 - 4096 };
	struct tee_secret s;
	size_t i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		ck_assert_int_eq(tee_secret_alloc(&s, refused[i]),
		    TEE_E_MEMORY);
		ck_assert_ptr_null(s.data);
		tee_secret_free(&s);
	}
	ck_assert_int_eq(tee_secret_alloc(&s, 65536), 0);
	ck_assert_uint_eq(s.size, 65536);
	tee_secret_free(&s);
}
END_TEST

/* The signal that ends a child which touches that byte; 0 for none. */
static int
touch(uint8_t *p)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		*(volatile uint8_t *)p = 1;
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

START_TEST(fences)
{
	struct tee_secret s;

	ck_assert_int_eq(tee_secret_alloc(&s, 4096), 0);
	ck_assert_int_eq(touch(s.data), 0);
	ck_assert_int_eq(touch(s.data + s.size - 1), 0);
	ck_assert_int_ne(touch(s.data - 1), 0);
	ck_assert_int_ne(touch(s.data + s.size), 0);
	tee_secret_free(&s);
}
END_TEST

START_TEST(empty_in_a_child)
{
	struct tee_secret s;
	int status;
	pid_t pid;
	size_t i;

	ck_assert_int_eq(tee_secret_alloc(&s, 4096), 0);
	memset(s.data, 0xa5, s.size);
	pid = fork();
	if (pid == 0) {
		for (i = 0; i < s.size; i++)
			if (s.data[i] != 0)
				_exit(1);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(s.data[17], 0xa5);
	tee_secret_free(&s);
}
END_TEST

#define MARK "a secret on the private stack"

struct visit {
	struct tee_stack_memory *stack;
	bool on_it;
	bool aligned;
	unsigned depth;
};

static bool
lies_on(const struct tee_stack_memory *stack, const void *p)
{
	uintptr_t at = (uintptr_t)p, base = (uintptr_t)stack->memory.data;

	return at >= base && at < base + stack->memory.size;
}

static void
leave_a_mark(void *arg)
{
	struct visit *v = arg;
	volatile char local[64];
	_Alignas(16) volatile char vector[16];

	memcpy((char *)(uintptr_t)local, MARK, sizeof(MARK));
	v->on_it = lies_on(v->stack, (const void *)(uintptr_t)local);
	v->aligned = (uintptr_t)vector % 16 == 0;
	v->depth++;
}

START_TEST(private_stack)
{
	struct tee_stack_memory stack;
	struct visit v = { .stack = &stack };
	size_t i;

	ck_assert_int_eq(tee_stack_alloc(&stack, 32768), 0);
	for (i = 0; i < 1000; i++)
		tee_stack_call(&stack, leave_a_mark, &v);
	ck_assert_uint_eq(v.depth, 1000);
	ck_assert(v.aligned);
	ck_assert(v.on_it || UNDER_ASAN);
	for (i = 0; i < stack.memory.size; i++)
		ck_assert_uint_eq(stack.memory.data[i], 0);
	tee_stack_free(&stack);
}
END_TEST

#if defined(__x86_64__)
static void
fill_vectors(void *arg)
{
	(void)arg;
	__asm__ volatile("pcmpeqb %%xmm3,%%xmm3\n\tpcmpeqb %%xmm15,%%xmm15" ::
			     : "xmm3", "xmm15");
}

START_TEST(vector_registers)
{
	struct tee_stack_memory stack;
	uint64_t low = 1, high = 1;

	ck_assert_int_eq(tee_stack_alloc(&stack, 32768), 0);
	tee_stack_call(&stack, fill_vectors, NULL);
	__asm__ volatile("movq %%xmm3,%0\n\tmovq %%xmm15,%1"
			 : "=r"(low), "=r"(high));
	ck_assert_uint_eq(low, 0);
	ck_assert_uint_eq(high, 0);
	tee_stack_free(&stack);
}
END_TEST
#endif

static void
nested(void *arg)
{
	struct visit *v = arg;
	struct tee_stack_memory inner;
	struct visit w = { .stack = &inner };

	if (tee_stack_alloc(&inner, 32768) != 0)
		return;
	tee_stack_call(&inner, leave_a_mark, &w);
	v->depth = w.depth;
	v->on_it = w.on_it;
	tee_stack_free(&inner);
}

/* As a keystore does that derives a public key. */
START_TEST(stack_on_a_stack)
{
	struct tee_stack_memory stack;
	struct visit v = { .stack = &stack };

	ck_assert_int_eq(tee_stack_alloc(&stack, 65536), 0);
	tee_stack_call(&stack, nested, &v);
	ck_assert_uint_eq(v.depth, 1);
	ck_assert(v.on_it || UNDER_ASAN);
	tee_stack_free(&stack);
}
END_TEST

/* A call keeps its caller's signal mask. */
START_TEST(signal_mask)
{
	struct tee_stack_memory stack;
	struct visit v = { .stack = &stack };
	sigset_t set, now;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	ck_assert_int_eq(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	ck_assert_int_eq(tee_stack_alloc(&stack, 32768), 0);
	tee_stack_call(&stack, leave_a_mark, &v);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &now), 0);
	ck_assert_int_eq(sigismember(&now, SIGUSR1), 1);
	ck_assert_int_eq(sigismember(&now, SIGUSR2), 0);
	tee_stack_free(&stack);
}
END_TEST

static volatile sig_atomic_t inside, heard, heard_inside;

static void
hear(int signal)
{
	(void)signal;
	heard = 1;
	heard_inside = inside;
}

static void
provoke(void *arg)
{
	inside = 1;
	raise(*(const int *)arg);
	inside = 0;
}

static void
expect_heard(void (*call)(struct tee_stack_memory *, void (*)(void *), void *),
    int signal, bool at_once)
{
	struct sigaction sa = { .sa_handler = hear };
	struct tee_stack_memory stack;

	heard = heard_inside = 0;
	ck_assert_int_eq(sigaction(signal, &sa, NULL), 0);
	ck_assert_int_eq(tee_stack_alloc(&stack, 32768), 0);
	call(&stack, provoke, &signal);
	ck_assert_int_eq(heard, 1);
	ck_assert_int_eq(heard_inside, at_once);
	tee_stack_free(&stack);
}

/*
 * The kernel saves the registers of a handler's victim on the handler's
 * stack, which nobody wipes: while a key is in them, no handler runs.
 */
START_TEST(signals_wait)
{
	expect_heard(tee_stack_call, SIGUSR1, false);
	expect_heard(tee_stack_call, SIGTERM, false);
	/* A fault cannot wait, and a module's call may take too long. */
	expect_heard(tee_stack_call, SIGSYS, true);
	expect_heard(tee_stack_visit, SIGTERM, true);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("secret");
	TCase *tcase = tcase_create("secret");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, protected_memory);
	tcase_add_test(tcase, sizes);
	tcase_add_test(tcase, fences);
	tcase_add_test(tcase, empty_in_a_child);
	tcase_add_test(tcase, private_stack);
#if defined(__x86_64__)
	tcase_add_test(tcase, vector_registers);
#endif
	tcase_add_test(tcase, stack_on_a_stack);
	tcase_add_test(tcase, signal_mask);
	tcase_add_test(tcase, signals_wait);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
