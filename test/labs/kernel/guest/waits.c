/*
 * How long threads waited for a CPU, as the kernel itself counts it: runnable and not running, since the wake-up or since
 * the thread was taken off a CPU, whatever scheduler is attached.
 *
 *   waits [PREFIX]   one line a thread: TID PID MAX_NS TOTAL_NS CGROUP COMM
 *
 * Without the threads of cgroups below PREFIX. MAX_NS is the longest of these waits since the thread's start. A wait counts when it ends, and one during which the
 * thread is moved to another CPU's queue counts as two. A thread that slept before a scheduler was attached may bring that
 * time along: the kernel's own scheduler leaves some that sleep in its queue for a while (DELAY_DEQUEUE), and where it moves
 * one to another CPU it counts from then on. By taskstats, which any kernel since 6.16 gives to root; /proc has only the sum.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The headers of the build machine end with version 13; irq_count and irq_delay_total follow, then cpu_delay_max. */
#define V13_SIZE ((offsetof(struct taskstats, wpcopy_delay_total)) + sizeof(uint64_t))
#define MAX_OFFSET (V13_SIZE + 2 * sizeof(uint64_t))
/* With 15 the maxima lay between older fields. */
#define FIRST_VERSION 16

struct message {
	struct nlmsghdr head;
	struct genlmsghdr genl;
	char data[4096];
};

static int family;

static void fail(const char *what)
{
	fprintf(stderr, "waits: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Length of the answer's attributes; -1 for an error, with errno. */
static int ask(int fd, int type, int command, int attribute, const void *value, int size, struct message *answer)
{
	struct message question = { 0 };
	struct nlattr *attr = (void *)question.data;
	int length;

	attr->nla_type = attribute;
	attr->nla_len = NLA_HDRLEN + size;
	memcpy((char *)attr + NLA_HDRLEN, value, size);
	question.head = (struct nlmsghdr){ .nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) + NLA_ALIGN(attr->nla_len),
					   .nlmsg_type = type,
					   .nlmsg_flags = NLM_F_REQUEST };
	question.genl = (struct genlmsghdr){ .cmd = command, .version = 1 };
	if (send(fd, &question, question.head.nlmsg_len, 0) < 0)
		fail("send");
	length = recv(fd, answer, sizeof(*answer), 0);
	if (length < 0)
		fail("recv");
	if (answer->head.nlmsg_type == NLMSG_ERROR) {
		errno = -((struct nlmsgerr *)NLMSG_DATA(&answer->head))->error;
		return -1;
	}
	return length - NLMSG_HDRLEN - GENL_HDRLEN;
}

static const struct nlattr *find(const char *at, int length, int type)
{
	while (length >= NLA_HDRLEN) {
		const struct nlattr *attr = (const void *)at;

		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		if (attr->nla_len < NLA_HDRLEN)
			break;
		at += NLA_ALIGN(attr->nla_len);
		length -= NLA_ALIGN(attr->nla_len);
	}
	return NULL;
}

static void find_family(int fd)
{
	struct message answer;
	int length = ask(fd, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, TASKSTATS_GENL_NAME,
			 sizeof(TASKSTATS_GENL_NAME), &answer);
	const struct nlattr *id = length < 0 ? NULL : find(answer.data, length, CTRL_ATTR_FAMILY_ID);

	if (id == NULL)
		fail("the kernel has no taskstats");
	family = *(const uint16_t *)((const char *)id + NLA_HDRLEN);
}

/* 0 where the thread has ended. */
static int waits_of(int fd, uint32_t tid, uint64_t *max, uint64_t *total)
{
	struct message answer;
	int length = ask(fd, family, TASKSTATS_CMD_GET, TASKSTATS_CMD_ATTR_PID, &tid, sizeof(tid), &answer);
	const struct nlattr *both, *attr;
	const struct taskstats *stats;

	if (length < 0 && errno == ESRCH)
		return 0;
	if (length < 0)
		fail("taskstats");
	both = find(answer.data, length, TASKSTATS_TYPE_AGGR_PID);
	attr = both == NULL ? NULL : find((const char *)both + NLA_HDRLEN, both->nla_len - NLA_HDRLEN, TASKSTATS_TYPE_STATS);
	stats = (const void *)((const char *)attr + NLA_HDRLEN);
	if (attr == NULL || stats->version < FIRST_VERSION || attr->nla_len < NLA_HDRLEN + MAX_OFFSET + sizeof(*max)) {
		fprintf(stderr, "waits: taskstats of version %d have no longest wait\n", attr == NULL ? 0 : stats->version);
		exit(1);
	}
	memcpy(max, (const char *)stats + MAX_OFFSET, sizeof(*max));
	*total = stats->cpu_delay_total;
	return 1;
}

static int first_line(const char *path, char *text, int size)
{
	FILE *file = fopen(path, "r");

	if (file == NULL)
		return 0;
	if (fgets(text, size, file) == NULL)
		text[0] = 0;
	fclose(file);
	text[strcspn(text, "\n")] = 0;
	return text[0] != 0;
}

static void print_process(int fd, int pid, const char *not_below)
{
	char path[300], cgroup[4096], comm[64];
	struct dirent *thread;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	/* "0::/path" */
	if (!first_line(path, cgroup, sizeof(cgroup)) ||
	    (not_below != NULL && !strncmp(cgroup + 4, not_below, strlen(not_below))))
		return;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (!first_line(path, comm, sizeof(comm)))
		return;
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	if (tasks == NULL)
		return;
	while ((thread = readdir(tasks)) != NULL) {
		int tid = atoi(thread->d_name);
		uint64_t max, total;

		if (tid != 0 && waits_of(fd, tid, &max, &total))
			printf("%d %d %llu %llu %s %s\n", tid, pid, (unsigned long long)max, (unsigned long long)total, cgroup + 3,
			       comm);
	}
	closedir(tasks);
}

int main(int argc, char **argv)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	DIR *proc = opendir("/proc");
	struct dirent *process;

	if (argc > 2) {
		fprintf(stderr, "usage: waits [PREFIX]\n");
		return 2;
	}
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || proc == NULL)
		fail("netlink");
	find_family(fd);
	while ((process = readdir(proc)) != NULL)
		if (atoi(process->d_name) != 0)
			print_process(fd, atoi(process->d_name), argc == 2 ? argv[1] : NULL);
	return 0;
}
