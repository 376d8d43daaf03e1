/*
 * The load of the kernel lab: one static program, so that the guest needs nothing else.
 *
 *   load [--cgroup DIRECTORY] [--name NAME] [--threads N] [--processes N] [--nice N] [--policy other|batch|idle|fifo]
 *        [--pin CPU] [--samples N] [--sleep US] [--work US] [--rename] [--held] MODE
 *
 *   pause             sleeps, as a pod's sandbox does
 *   hog               works without a stop and counts units of work
 *   sleeper           sleeps 5 ms, then works 2 ms (--sleep, --work); how late it woke up is its figure
 *   pair              every 5 ms a request to another thread, which works 0.2 ms and answers; the round trip is its figure
 *   gaps              works without a stop; its figures are the stretches in which it was not on a CPU, from 20 us on
 *   forks             starts processes that do little and end, without a stop or --sleep apart
 *   churn MIB         maps, fills and unmaps memory
 *   traced            a hog half of whose time goes to a BPF program, in which the kernel may preempt it but not move it to another CPU
 *
 * It prints "ready" when it is where it belongs and its threads run. SIGTERM ends it; it then prints one line of JSON. SIGUSR1 to a sleeper or a pair: prints a line at once and goes on.
 * With --held its threads do nothing before its standard input ends: who closes that wakes all of them at once, where
 * the load itself would have to wait for its turn among those that work already.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_SLEEP_NS 5000000LL
#define ANSWER_NS 200000LL
/* Turns of the work loop, some 10 us when emulated. */
#define PAUSE_EVERY 512
#define GAP_NS 20000LL
#define MAX_THREADS 8192
/* So many processes of a fork storm are under way at once. */
#define FORKS_AT_ONCE 8
#define THREAD_STACK (64 * 1024)
#define RENAME_EVERY 64
/* Of a program that does nothing, half a millisecond or so. */
#define TRACED_RUNS 3000
#define TRACED_WORK_NS 500000

struct sample {
	uint32_t at_ms;
	uint32_t us;
};

static const char *name = "load";
static const char *mode = "pause";
static int threads = 1, processes = 1, renames, held;
static uint32_t max_samples = 100000;
static size_t churn_bytes = 64 << 20;

static atomic_int ending;
static atomic_ullong units;
static atomic_uint sample_count;
static struct sample *samples;
static int64_t started;
static int64_t sleep_ns = -1, work_ns = 2000000;

static void fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/*
 * An emulated CPU that never pauses can keep the next one from running at all, for seconds: each goes on until some timer of
 * the machine is due, and whoever comes then finds no time left.
 */
static void let_others(void)
{
	__builtin_ia32_pause();
}

/* By CPU time: what others take meanwhile does not count as work. */
static void work(int64_t ns)
{
	int64_t end = now(CLOCK_THREAD_CPUTIME_ID) + ns;

	while (now(CLOCK_THREAD_CPUTIME_ID) < end)
		let_others();
}

static void unit_of_work(void)
{
	uint64_t x = 88172645463325252ULL;

	for (int i = 0; i < 100000; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		__asm__ volatile("" : "+r"(x));
		if (i % PAUSE_EVERY == 0)
			let_others();
	}
	atomic_fetch_add_explicit(&units, 1, memory_order_relaxed);
}

static void rename_thread(long index, unsigned long turn)
{
	char text[16];

	if (!renames || turn % RENAME_EVERY)
		return;
	snprintf(text, sizeof(text), "n%ld-%lu", index, turn / RENAME_EVERY % 1000);
	prctl(PR_SET_NAME, text);
}

static void record(int64_t ns)
{
	uint32_t at = atomic_fetch_add(&sample_count, 1);

	if (at >= max_samples)
		return;
	samples[at].at_ms = (now(CLOCK_MONOTONIC) - started) / 1000000;
	samples[at].us = ns < 0 ? 0 : ns / 1000;
}

static void sleep_until(int64_t ns)
{
	struct timespec t = { ns / 1000000000LL, ns % 1000000000LL };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR && !ending)
		;
}

static void hog(long index)
{
	for (unsigned long turn = 0; !ending; turn++) {
		rename_thread(index, turn);
		unit_of_work();
	}
}

static void sleeper(long index)
{
	for (unsigned long turn = 0; !ending; turn++) {
		int64_t due = now(CLOCK_MONOTONIC) + sleep_ns;

		rename_thread(index, turn);
		sleep_until(due);
		if (!ending)
			record(now(CLOCK_MONOTONIC) - due);
		work(work_ns);
	}
}

/* A CPU that is emulated in turn with others stands still meanwhile, and so does its thread. */
static void gaps(void)
{
	int64_t last = now(CLOCK_MONOTONIC);

	while (!ending) {
		int64_t here = now(CLOCK_MONOTONIC);

		if (here - last > GAP_NS)
			record(here - last);
		last = here;
	}
}

struct pair {
	int request[2], answer[2];
};

static void *respond(void *arg)
{
	struct pair *pair = arg;
	char byte;

	prctl(PR_SET_NAME, "respond");
	while (read(pair->request[0], &byte, 1) == 1) {
		work(ANSWER_NS);
		if (write(pair->answer[1], &byte, 1) != 1)
			break;
	}
	return NULL;
}

static void ask(long index)
{
	struct pair pair;
	pthread_t other;
	char byte = 0;

	if (pipe(pair.request) || pipe(pair.answer))
		fail("pipe");
	if (pthread_create(&other, NULL, respond, &pair))
		fail("thread");
	for (unsigned long turn = 0; !ending; turn++) {
		int64_t begun;

		rename_thread(index, turn);
		sleep_until(now(CLOCK_MONOTONIC) + sleep_ns);
		begun = now(CLOCK_MONOTONIC);
		if (write(pair.request[1], &byte, 1) != 1 || read(pair.answer[0], &byte, 1) != 1)
			break;
		record(now(CLOCK_MONOTONIC) - begun);
	}
	close(pair.request[1]);
	pthread_join(other, NULL);
}

static void forks(void)
{
	int running = 0;

	while (!ending) {
		pid_t pid = fork();

		if (pid == 0) {
			unit_of_work();
			_exit(0);
		}
		if (pid > 0) {
			running++;
			atomic_fetch_add(&units, 1);
		}
		if (sleep_ns > 0)
			sleep_until(now(CLOCK_MONOTONIC) + sleep_ns);
		while (running > 0 && waitpid(-1, NULL, running >= FORKS_AT_ONCE || pid < 0 ? 0 : WNOHANG) > 0)
			running--;
	}
}

static void churn(void)
{
	while (!ending) {
		char *memory = mmap(NULL, churn_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (memory == MAP_FAILED)
			fail("mmap");
		madvise(memory, churn_bytes, MADV_HUGEPAGE);
		for (size_t at = 0; at < churn_bytes && !ending; at += 4096)
			memory[at] = 1;
		munmap(memory, churn_bytes);
		atomic_fetch_add(&units, 1);
	}
}

static long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* As programs are that are traced all the time, but for the kernel's test run of a program in place of a tracer's. */
static void traced(void)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	char packet[64] = { 0 };
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (uintptr_t)nothing,
		.insn_cnt = 2,
		.license = (uintptr_t)"GPL",
	};
	int fd = bpf(BPF_PROG_LOAD, &load);

	if (fd < 0)
		fail("BPF program");
	while (!ending) {
		union bpf_attr test = {
			.test = {
				.prog_fd = fd,
				.repeat = TRACED_RUNS,
				.data_in = (uintptr_t)packet,
				.data_size_in = sizeof(packet),
			},
		};

		if (bpf(BPF_PROG_TEST_RUN, &test) && errno != EINTR)
			fail("BPF test run");
		work(TRACED_WORK_NS);
		atomic_fetch_add(&units, 1);
	}
}

/*
 * Until the standard input ends. Nobody reads it: a reader holds a mutex of the kernel for a moment, and if it loses the CPU
 * meanwhile all others wait for it, and then for each other, one a round of the scheduler's queue.
 */
static void be_held(void)
{
	struct pollfd input = { .fd = 0, .events = POLLIN };

	while (poll(&input, 1, -1) < 0)
		;
}

static void *run(void *arg)
{
	long index = (long)arg;

	if (held)
		be_held();
	if (!strcmp(mode, "hog"))
		hog(index);
	else if (!strcmp(mode, "sleeper"))
		sleeper(index);
	else if (!strcmp(mode, "pair"))
		ask(index);
	else if (!strcmp(mode, "gaps"))
		gaps();
	else if (!strcmp(mode, "forks"))
		forks();
	else if (!strcmp(mode, "churn"))
		churn();
	else if (!strcmp(mode, "traced"))
		traced();
	return NULL;
}

static void report(void)
{
	uint32_t count = sample_count < max_samples ? sample_count : max_samples;
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	printf("{\"name\":\"%s\",\"mode\":\"%s\",\"pid\":%d,\"threads\":%d,\"seconds\":%.3f,\"units\":%llu,\"cpuSeconds\":%.3f,\"dropped\":%u,"
	       "\"samples\":[",
	       name, mode, getpid(), threads, (now(CLOCK_MONOTONIC) - started) / 1e9, (unsigned long long)units,
	       usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
	       sample_count - count);
	for (uint32_t at = 0; at < count; at++)
		printf("%s[%u,%u]", at ? "," : "", samples[at].at_ms, samples[at].us);
	printf("]}\n");
	fflush(stdout);
}

static void set_policy(const char *word)
{
	int policy = !strcmp(word, "fifo") ? SCHED_FIFO
		     : !strcmp(word, "idle") ? SCHED_IDLE
		     : !strcmp(word, "batch") ? SCHED_BATCH : SCHED_OTHER;
	struct sched_param param = { .sched_priority = policy == SCHED_FIFO ? 1 : 0 };

	if (sched_setscheduler(0, policy, &param))
		fail("policy");
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("pin");
}

/*
 * As a runtime does: the process is in its cgroup before it does anything, and sleeps there until it is told to start.
 * What goes on running instead keeps the layer of the cgroup that it came from until it next wakes up.
 */
static void join(const char *directory)
{
	const struct timespec told = { 0, 1000000 };
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/cgroup.procs", directory);
	file = fopen(path, "w");
	if (file == NULL || fputs("0\n", file) < 0 || fclose(file))
		fail(path);
	nanosleep(&told, NULL);
}

/* Set before the threads start: they inherit name, nice, policy and affinity. */
static void options(int argc, char **argv)
{
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		const char *flag = argv[at];
		const char *value = argv[at + 1];

		if (!strcmp(flag, "--rename")) {
			renames = 1;
			continue;
		}
		if (!strcmp(flag, "--held")) {
			held = 1;
			continue;
		}
		if (value == NULL)
			break;
		at++;
		if (!strcmp(flag, "--name"))
			name = value;
		else if (!strcmp(flag, "--threads"))
			threads = atoi(value);
		else if (!strcmp(flag, "--processes"))
			processes = atoi(value);
		else if (!strcmp(flag, "--samples"))
			max_samples = strtoul(value, NULL, 10);
		else if (!strcmp(flag, "--sleep"))
			sleep_ns = atoll(value) * 1000;
		else if (!strcmp(flag, "--work"))
			work_ns = atoll(value) * 1000;
		else if (!strcmp(flag, "--cgroup"))
			join(value);
		else if (!strcmp(flag, "--policy"))
			set_policy(value);
		else if (!strcmp(flag, "--pin"))
			pin(atoi(value));
		else if (!strcmp(flag, "--nice")) {
			if (setpriority(PRIO_PROCESS, 0, atoi(value)))
				fail("nice");
		} else {
			fprintf(stderr, "load: unknown flag %s\n", flag);
			exit(2);
		}
	}
	if (at >= argc || threads < 1 || threads > MAX_THREADS || processes < 1) {
		fprintf(stderr, "load: no mode, or a number out of range\n");
		exit(2);
	}
	mode = argv[at];
	if (sleep_ns < 0)
		sleep_ns = strcmp(mode, "forks") ? DEFAULT_SLEEP_NS : 0;
	if (at + 1 < argc)
		churn_bytes = (size_t)atoi(argv[at + 1]) << 20;
	prctl(PR_SET_NAME, name);
}

int main(int argc, char **argv)
{
	static pthread_t ids[MAX_THREADS];
	pthread_attr_t attributes;
	sigset_t waited;
	int signal;

	options(argc, argv);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	started = now(CLOCK_MONOTONIC);
	samples = mmap(NULL, max_samples * sizeof(*samples), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (samples == MAP_FAILED)
		fail("samples");
	sigemptyset(&waited);
	sigaddset(&waited, SIGTERM);
	sigaddset(&waited, SIGINT);
	sigaddset(&waited, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &waited, NULL);
	for (int i = 1; i < processes; i++) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			/* The first one speaks for all. */
			if (freopen("/dev/null", "w", stdout) == NULL)
				fail("stdout");
			break;
		}
	}
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, THREAD_STACK);
	for (long i = 0; strcmp(mode, "pause") && i < threads; i++)
		if (pthread_create(&ids[i], &attributes, run, (void *)i))
			fail("thread");
	puts("ready");
	fflush(stdout);
	while (sigwait(&waited, &signal) == 0 && signal == SIGUSR1)
		report();
	ending = 1;
	for (long i = 0; strcmp(mode, "pause") && i < threads; i++)
		pthread_join(ids[i], NULL);
	report();
	return 0;
}
