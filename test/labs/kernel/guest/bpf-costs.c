/*
 * What the programs of the attached scheduler have cost so far, by the kernel's own count (kernel.bpf_stats_enabled): one line
 * a program: NAME CALLS NANOSECONDS. Names are the kernel's, 15 characters. With --verified what the kernel's verifier looked at
 * when it was loaded, of all programs: NAME INSTRUCTIONS.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static void print_program(uint32_t id, int verified)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr by_id = { .prog_id = id };
	int fd = bpf(BPF_PROG_GET_FD_BY_ID, &by_id);
	union bpf_attr ask = { .info = { .bpf_fd = fd, .info_len = sizeof(info), .info = (uint64_t)(uintptr_t)&info } };

	if (fd < 0)
		return;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &ask))
		;
	else if (verified)
		printf("%s %u\n", info.name, info.verified_insns);
	else if (info.type == BPF_PROG_TYPE_STRUCT_OPS)
		printf("%s %llu %llu\n", info.name, (unsigned long long)info.run_cnt, (unsigned long long)info.run_time_ns);
	close(fd);
}

int main(int argc, char **argv)
{
	int verified = argc > 1 && !strcmp(argv[1], "--verified");
	union bpf_attr attr = { 0 };

	while (!bpf(BPF_PROG_GET_NEXT_ID, &attr)) {
		uint32_t id = attr.next_id;

		print_program(id, verified);
		memset(&attr, 0, sizeof(attr));
		attr.start_id = id;
	}
	if (errno != ENOENT) {
		fprintf(stderr, "bpf-costs: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}
