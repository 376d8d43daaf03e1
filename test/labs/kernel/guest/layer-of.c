/*
 * What the kernel itself knows of a running scx_layered, read by bpf(2) alone: nothing of the agent, of scx_layered's
 * statistics or of libbpf is between.
 *
 *   layer-of threads   one line a thread: TID TGID KIND LAYER RUN_NS CGROUP COMM
 *                      KIND: r for a thread of another class than the scheduler's (real-time, deadline),
 *                      else k for one of the kernel, u for any other
 *                      LAYER: index in the config; - where the scheduler has given none yet; ? where it cannot be read
 *                      RUN_NS: CPU time since the thread's start
 *   layer-of objects   one line: {"programs":N,"maps":N,"links":N} of the whole kernel
 *
 * The layer is the member `layer_id` of the values of the task storage map `task_ctxs`; where it lies is read from the
 * map's own type information, so that another version is refused and never misread. Exit code 3: no such map.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAP_NAME "task_ctxs"
#define MEMBER "layer_id"
/* MAX_LAYERS of scx_layered 1.1.4: what a task has before it is first matched. */
#define NO_LAYER 16
/* PIDFD_THREAD: the headers of the build machine may not have it. */
#define OF_THREAD O_EXCL
#ifndef SCHED_DEADLINE
#define SCHED_DEADLINE 6
#endif
/* PF_KTHREAD of the kernel's sched.h. */
#define KERNEL_THREAD 0x00200000
/* Fields of stat after the name, which may hold anything and is the second. */
#define FLAGS_FIELD 9
#define POLICY_FIELD 41

static int bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static void fail(const char *what)
{
	fprintf(stderr, "layer-of: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int next_id(enum bpf_cmd command, uint32_t *id)
{
	union bpf_attr attr = { .start_id = *id };

	if (bpf(command, &attr))
		return 0;
	*id = attr.next_id;
	return 1;
}

static int open_id(enum bpf_cmd command, uint32_t id)
{
	union bpf_attr attr = { .map_id = id };

	return bpf(command, &attr);
}

static int info_of(int fd, void *info, uint32_t size)
{
	union bpf_attr attr = { .info = { .bpf_fd = fd, .info_len = size, .info = (uint64_t)(uintptr_t)info } };

	return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

static int count(enum bpf_cmd command)
{
	uint32_t id = 0;
	int found = 0;

	errno = 0;
	while (next_id(command, &id))
		found++;
	if (errno != ENOENT)
		fail("ids");
	return found;
}

/* Whether its scheduler was told of this process: one that only waits beside the attached one was not. */
static int knows_us(int map, const struct bpf_map_info *info)
{
	char *value = malloc(info->value_size + 8);
	int pidfd = syscall(SYS_pidfd_open, getpid(), 0);
	union bpf_attr attr = { .map_fd = map,
				.key = (uint64_t)(uintptr_t)&pidfd,
				.value = (uint64_t)(uintptr_t)value };
	int known = value != NULL && pidfd >= 0 && bpf(BPF_MAP_LOOKUP_ELEM, &attr) == 0;

	if (pidfd >= 0)
		close(pidfd);
	free(value);
	return known;
}

/* More than one while one instance is loaded beside another: the attached one's, else the newest, which will be attached. */
static int find_map(struct bpf_map_info *found)
{
	uint32_t id = 0;
	int map = -1, known = 0;

	while (next_id(BPF_MAP_GET_NEXT_ID, &id)) {
		struct bpf_map_info info = { 0 };
		int fd = open_id(BPF_MAP_GET_FD_BY_ID, id);

		if (fd < 0)
			continue;
		if (info_of(fd, &info, sizeof(info)) || info.type != BPF_MAP_TYPE_TASK_STORAGE || strcmp(info.name, MAP_NAME)) {
			close(fd);
			continue;
		}
		if (known && !knows_us(fd, &info)) {
			close(fd);
			continue;
		}
		known = known || knows_us(fd, &info);
		if (map >= 0)
			close(map);
		map = fd;
		*found = info;
	}
	return map;
}

/* Bytes that follow a type in the type section. */
static size_t tail(const struct btf_type *type)
{
	uint32_t entries = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return entries * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return entries * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return entries * 12;
	case BTF_KIND_FUNC_PROTO:
		return entries * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return entries * sizeof(struct btf_var_secinfo);
	default:
		return 0;
	}
}

/* Where the member lies in the struct, bytes; -1 where there is none. */
static long offset_in(const struct btf_type *type, const char *strings, int has_flag)
{
	const struct btf_member *member = (const void *)(type + 1);

	for (uint32_t i = 0; i < BTF_INFO_VLEN(type->info); i++, member++) {
		if (strcmp(strings + member->name_off, MEMBER))
			continue;
		return (has_flag ? BTF_MEMBER_BIT_OFFSET(member->offset) : member->offset) / 8;
	}
	return -1;
}

static long member_offset(const struct bpf_map_info *map)
{
	struct bpf_btf_info info = { 0 };
	union bpf_attr attr = { .btf_id = map->btf_id };
	int fd = bpf(BPF_BTF_GET_FD_BY_ID, &attr);
	const struct btf_header *header;
	const char *at, *end;
	char *data;

	if (fd < 0 || info_of(fd, &info, sizeof(info)))
		fail("type information");
	data = malloc(info.btf_size);
	info = (struct bpf_btf_info){ .btf = (uint64_t)(uintptr_t)data, .btf_size = info.btf_size };
	if (data == NULL || info_of(fd, &info, sizeof(info)))
		fail("type information");
	header = (const void *)data;
	at = data + header->hdr_len + header->type_off;
	end = at + header->type_len;
	for (uint32_t id = 1; at < end; id++) {
		const struct btf_type *type = (const void *)at;

		if (id == map->btf_value_type_id && BTF_INFO_KIND(type->info) == BTF_KIND_STRUCT)
			return offset_in(type, data + header->hdr_len + header->str_off, BTF_INFO_KFLAG(type->info));
		at += sizeof(*type) + tail(type);
	}
	return -1;
}

/* The layer as text into `text`. A thread that has ended meanwhile has none. */
static void layer_of(int map, char *value, long offset, pid_t tid, char text[12])
{
	int pidfd = syscall(SYS_pidfd_open, tid, OF_THREAD);
	union bpf_attr attr = { .map_fd = map,
				.key = (uint64_t)(uintptr_t)&pidfd,
				.value = (uint64_t)(uintptr_t)value };
	uint32_t layer;

	strcpy(text, "?");
	if (pidfd < 0)
		return;
	if (bpf(BPF_MAP_LOOKUP_ELEM, &attr) == 0) {
		memcpy(&layer, value + offset, sizeof(layer));
		if (layer == NO_LAYER)
			strcpy(text, "-");
		else
			snprintf(text, 12, "%u", layer);
	} else if (errno == ENOENT)
		strcpy(text, "-");
	close(pidfd);
}

static int first_line(const char *format, int pid, int tid, char *text, int size)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), format, pid, tid);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	text[0] = 0;
	if (fgets(text, size, file) == NULL)
		text[0] = 0;
	fclose(file);
	text[strcspn(text, "\n")] = 0;
	return text[0] != 0;
}

static char kind_of(const char *stat)
{
	const char *at = strrchr(stat, ')');
	unsigned long flags = 0, policy = 0;

	for (int field = 3; at != NULL && field <= POLICY_FIELD; field++) {
		at = strchr(at + 1, ' ');
		if (at != NULL && field == FLAGS_FIELD)
			flags = strtoul(at, NULL, 10);
		if (at != NULL && field == POLICY_FIELD)
			policy = strtoul(at, NULL, 10);
	}
	if (policy == SCHED_FIFO || policy == SCHED_RR || policy == SCHED_DEADLINE)
		return 'r';
	return flags & KERNEL_THREAD ? 'k' : 'u';
}

static void print_thread(int map, char *value, long offset, int pid, int tid)
{
	char layer[12], cgroup[4096], run[128], comm[64], stat[1024];

	if (!first_line("/proc/%d/task/%d/schedstat", pid, tid, run, sizeof(run)) ||
	    !first_line("/proc/%d/task/%d/cgroup", pid, tid, cgroup, sizeof(cgroup)) ||
	    !first_line("/proc/%d/task/%d/comm", pid, tid, comm, sizeof(comm)) ||
	    !first_line("/proc/%d/task/%d/stat", pid, tid, stat, sizeof(stat)))
		return;
	layer_of(map, value, offset, tid, layer);
	run[strcspn(run, " ")] = 0;
	/* "0::/path" */
	printf("%d %d %c %s %s %s %s\n", tid, pid, kind_of(stat), layer, run, cgroup + 3, comm);
}

static void print_threads(int map, const struct bpf_map_info *info, long offset)
{
	char *value = malloc(info->value_size + 8);
	DIR *proc = opendir("/proc");
	struct dirent *process, *thread;

	if (value == NULL || proc == NULL)
		fail("/proc");
	while ((process = readdir(proc)) != NULL) {
		char path[300];
		int pid = atoi(process->d_name);
		DIR *tasks;

		if (pid == 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task", pid);
		tasks = opendir(path);
		if (tasks == NULL)
			continue;
		while ((thread = readdir(tasks)) != NULL)
			if (atoi(thread->d_name) != 0)
				print_thread(map, value, offset, pid, atoi(thread->d_name));
		closedir(tasks);
	}
}

int main(int argc, char **argv)
{
	struct bpf_map_info info = { 0 };
	long offset;
	int map;

	if (argc == 2 && !strcmp(argv[1], "objects")) {
		printf("{\"programs\":%d,\"maps\":%d,\"links\":%d}\n", count(BPF_PROG_GET_NEXT_ID), count(BPF_MAP_GET_NEXT_ID),
		       count(BPF_LINK_GET_NEXT_ID));
		return 0;
	}
	if (argc != 2 || strcmp(argv[1], "threads")) {
		fprintf(stderr, "usage: layer-of threads | objects\n");
		return 2;
	}
	map = find_map(&info);
	if (map < 0)
		return 3;
	offset = member_offset(&info);
	if (offset < 0 || offset + sizeof(uint32_t) > info.value_size) {
		fprintf(stderr, "layer-of: the map %s has no member %s\n", MAP_NAME, MEMBER);
		return 1;
	}
	print_threads(map, &info, offset);
	return 0;
}
