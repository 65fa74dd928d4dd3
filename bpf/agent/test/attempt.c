/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One operation in a fresh process: prints the errno it ended with, 0 for success, on one line.
 * Whatever had to be arranged first and could not is told on stderr with exit status 2, so that "it
 * failed" is never taken for "it was denied".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void arrange(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "attempt: arranging %s: %s\n", what, strerror(errno));
	exit(2);
}

/* The outcome of a call that answers -1 for failure. */
static int outcome(long result)
{
	return result < 0 ? errno : 0;
}

/* --- files --- */

static int flags_of(const char *mode)
{
	int flags = strchr(mode, 'w') ? O_WRONLY : O_RDONLY;

	if (strchr(mode, 'c'))
		flags |= O_CREAT;
	if (strchr(mode, 't'))
		flags |= O_TRUNC;
	return flags;
}

/* PATH MODE, MODE of r, w, c (create), t (truncate). */
static int try_open(char **args)
{
	return outcome(syscall(SYS_open, args[0], flags_of(args[1]), 0600));
}

static int try_creat(char **args)
{
	return outcome(syscall(SYS_creat, args[0], 0600));
}

static int try_openat(char **args)
{
	return outcome(syscall(SYS_openat, AT_FDCWD, args[0], flags_of(args[1]), 0600));
}

static int try_openat2(char **args)
{
	struct open_how how = {.flags = flags_of(args[1])};

	return outcome(syscall(SYS_openat2, AT_FDCWD, args[0], &how, sizeof(how)));
}

/* FOLDER NAME: by a relative path from a working folder. */
static int try_relative(char **args)
{
	arrange(!chdir(args[0]), args[0]);
	return outcome(open(args[1], O_RDONLY));
}

/* FOLDER NAME: relative to a descriptor. */
static int try_dirfd(char **args)
{
	int folder = open(args[0], O_PATH | O_DIRECTORY);

	arrange(folder >= 0, args[0]);
	return outcome(openat(folder, args[1], O_RDONLY));
}

/* PATH: an O_PATH descriptor, which is not an open, and then that through /proc. */
static int try_reopen(char **args)
{
	char path[64];
	int fd = open(args[0], O_PATH);

	arrange(fd >= 0, args[0]);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return outcome(open(path, O_RDONLY));
}

/* PATH: the string lies in a page that nobody has touched since it was mapped from a file. */
static int try_unfaulted(char **args)
{
	int fd = open("/tmp/attempt.page", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *page;

	arrange(fd >= 0 && !ftruncate(fd, 4096) &&
			pwrite(fd, args[0], strlen(args[0]), 0) == (ssize_t)strlen(args[0]),
		"a page");
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	arrange(page != MAP_FAILED, "a mapping");
	return outcome(syscall(SYS_openat, AT_FDCWD, page, O_RDONLY, 0));
}

/* PATH OVER: OVER becomes a bind mount of PATH, in a mount namespace that ends with this process,
 * and is opened. */
static int try_bind_mount(char **args)
{
	arrange(!unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL),
		"a mount namespace");
	arrange(!mount(args[0], args[1], NULL, MS_BIND, NULL), "a bind mount");
	return outcome(open(args[1], O_RDONLY));
}

static int try_truncate(char **args)
{
	return outcome(truncate(args[0], 0));
}

static int try_rename(char **args)
{
	return outcome(rename(args[0], args[1]));
}

static int try_unlink(char **args)
{
	return outcome(unlink(args[0]));
}

static int try_link(char **args)
{
	return outcome(link(args[0], args[1]));
}

static int try_symlink(char **args)
{
	return outcome(symlink(args[0], args[1]));
}

static int try_chmod(char **args)
{
	return outcome(chmod(args[0], 0640));
}

static int try_mkdir(char **args)
{
	return outcome(mkdir(args[0], 0755));
}

/* LOWER UPPER WORK MERGED */
static int try_overlay(char **args)
{
	char options[1024];

	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s", args[0], args[1],
		 args[2]);
	return outcome(mount("overlay", args[3], "overlay", 0, options));
}

/* PATH: prints the kernel's "dev ino" of stat(2) instead of an errno. */
static int try_stat(char **args)
{
	struct stat status;

	arrange(!stat(args[0], &status), args[0]);
	printf("%u %llu\n", major(status.st_dev) << 20 | minor(status.st_dev),
	       (unsigned long long)status.st_ino);
	exit(0);
}

/* --- network --- */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t parse_address(const char *ip, const char *port, union address *address)
{
	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, ip, &address->v4.sin_addr) == 1) {
		address->v4.sin_family = AF_INET;
		address->v4.sin_port = htons(atoi(port));
		return sizeof(address->v4);
	}
	arrange(inet_pton(AF_INET6, ip, &address->v6.sin6_addr) == 1, ip);
	address->v6.sin6_family = AF_INET6;
	address->v6.sin6_port = htons(atoi(port));
	return sizeof(address->v6);
}

/* tcp, udp or mptcp */
static int open_socket(int family, const char *protocol)
{
	int fd;

	if (!strcmp(protocol, "udp"))
		fd = socket(family, SOCK_DGRAM, 0);
	else
		fd = socket(family, SOCK_STREAM, strcmp(protocol, "mptcp") ? 0 : 262);
	arrange(fd >= 0, "a socket");
	return fd;
}

/* IP PORT PROTOCOL: without a listener an allowed one answers ECONNREFUSED (tcp) or 0 (udp). */
static int try_connect(char **args)
{
	union address address;
	socklen_t len = parse_address(args[0], args[1], &address);

	return outcome(connect(open_socket(address.any.sa_family, args[2]), &address.any, len));
}

static int try_sendto(char **args)
{
	union address address;
	socklen_t len = parse_address(args[0], args[1], &address);
	int fd = open_socket(address.any.sa_family, "udp");

	return outcome(sendto(fd, "x", 1, 0, &address.any, len));
}

/* The same with the family left out, which an IPv4 socket takes for AF_INET. */
static int try_sendto_unspec(char **args)
{
	union address address;
	socklen_t len = parse_address(args[0], args[1], &address);
	int fd = open_socket(AF_INET, "udp");

	address.any.sa_family = AF_UNSPEC;
	return outcome(sendto(fd, "x", 1, 0, &address.any, len));
}

static int try_sendmsg(char **args)
{
	union address address;
	socklen_t len = parse_address(args[0], args[1], &address);
	int fd = open_socket(address.any.sa_family, "udp");
	struct iovec data = {.iov_base = "x", .iov_len = 1};
	struct msghdr msg = {
		.msg_name = &address, .msg_namelen = len, .msg_iov = &data, .msg_iovlen = 1};

	return outcome(sendmsg(fd, &msg, 0));
}

/* IP PORT PROTOCOL */
static int try_bind(char **args)
{
	union address address;
	socklen_t len = parse_address(args[0], args[1], &address);

	return outcome(bind(open_socket(address.any.sa_family, args[2]), &address.any, len));
}

static int listener(const char *ip, const char *port, union address *address)
{
	int one = 1;
	socklen_t len = parse_address(ip, port, address);
	int fd = open_socket(address->any.sa_family, "tcp");

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	arrange(!bind(fd, &address->any, len), "bind");
	return fd;
}

static int try_listen(char **args)
{
	union address address;
	int fd = listener(args[0], args[1], &address);

	return outcome(listen(fd, 5));
}

/* IP PORT: binds where it started, an exempt cgroup, and listens from the root cgroup. */
static int try_listen_moved(char **args)
{
	union address address;
	int fd = listener(args[0], args[1], &address);
	int procs = open("/sys/fs/cgroup/cgroup.procs", O_WRONLY);

	arrange(procs >= 0 && write(procs, "0", 1) == 1, "the root cgroup");
	return outcome(listen(fd, 5));
}

/* IP PORT: an IPv6 socket bound to ::ffff:IP, connected to nowhere in particular. */
static int try_connect_mapped(char **args)
{
	union address address;
	char mapped[64];
	socklen_t len;
	int fd = open_socket(AF_INET6, "tcp");

	snprintf(mapped, sizeof(mapped), "::ffff:%s", args[0]);
	len = parse_address(mapped, "0", &address);
	arrange(!bind(fd, &address.any, len), "bind");
	len = parse_address("::", args[1], &address);
	return outcome(connect(fd, &address.any, len));
}

/* A client bound to `from` that connects to `to`, sends a byte and waits to be killed. */
static pid_t client(const char *from, const union address *to, socklen_t len)
{
	union address address;
	socklen_t from_len = parse_address(from, "0", &address);
	int fd = open_socket(to->any.sa_family, "tcp");
	pid_t pid;

	arrange(!bind(fd, &address.any, from_len), "the client's bind");
	pid = fork();
	arrange(pid >= 0, "a client");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	arrange(!connect(fd, &to->any, len), "the client's connect");
	arrange(send(fd, "x", 1, MSG_NOSIGNAL) == 1, "the client's byte");
	pause();
	exit(0);
}

/* PORT CLIENT: the client is in the queue before accept is called. */
static int try_accept(char **args)
{
	union address address;
	int fd = listener("127.0.0.1", args[0], &address);

	arrange(!listen(fd, 5), "listen");
	client(args[1], &address, sizeof(address.v4));
	usleep(300000);
	return outcome(accept4(fd, NULL, NULL, SOCK_NONBLOCK));
}

/* A connection from a client that comes after accept has been called. */
static int late_connection(char **args)
{
	union address address;
	int fd = listener("127.0.0.1", args[0], &address);
	int connection;

	arrange(!listen(fd, 5), "listen");
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		usleep(300000);
		client(args[1], &address, sizeof(address.v4));
		pause();
	}
	connection = accept(fd, NULL, NULL);
	arrange(connection >= 0, "accept");
	usleep(200000);
	return connection;
}

/* PORT CLIENT */
static int try_recv(char **args)
{
	char byte;

	return outcome(recv(late_connection(args), &byte, 1, MSG_DONTWAIT));
}

/* PORT CLIENT ELSEWHERE: sends to the client, naming an address that the socket ignores. */
static int try_send_elsewhere(char **args)
{
	union address elsewhere;
	socklen_t len = parse_address(args[2], "9", &elsewhere);

	return outcome(sendto(late_connection(args), "x", 1, MSG_NOSIGNAL, &elsewhere.any, len));
}

/* --- execution --- */

static int try_exec(char **args)
{
	char *const argv[] = {args[0], NULL};

	execv(args[0], argv);
	return errno;
}

/* PATH: mapped executable, as the dynamic loader does it. */
static int try_map(char **args)
{
	int fd = open(args[0], O_RDONLY);

	arrange(fd >= 0, args[0]);
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED ? errno
											 : 0;
}

/* --- processes and the kernel --- */

static int try_ptrace(char **args)
{
	pid_t pid = fork();
	int result;

	(void)args;
	arrange(pid >= 0, "a child");
	if (!pid) {
		pause();
		exit(0);
	}
	result = outcome(ptrace(PTRACE_ATTACH, pid, 0, 0));
	kill(pid, SIGKILL);
	return result;
}

static int try_traceme(char **args)
{
	(void)args;
	return outcome(ptrace(PTRACE_TRACEME, 0, 0, 0));
}

/* PATH: a module, or not: without a rule the errno is that of the module loader. */
static int try_finit_module(char **args)
{
	int fd = open(args[0], O_RDONLY);

	arrange(fd >= 0, args[0]);
	return outcome(syscall(SYS_finit_module, fd, "", 0));
}

static int try_init_module(char **args)
{
	static const char no_module[4096];

	(void)args;
	/* Shorter than an ELF header it would be refused before anyone is asked. */
	return outcome(syscall(SYS_init_module, no_module, sizeof(no_module), ""));
}

static int try_bpf(char **args)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};

	(void)args;
	return outcome(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)));
}

/* COUNT PATH: opens PATH so often, then says 0. Ignores SIGTERM, so that only KILL ends it. */
static int try_stubborn(char **args)
{
	signal(SIGTERM, SIG_IGN);
	for (int i = 0; i < atoi(args[0]); i++) {
		int fd = open(args[1], O_RDONLY);

		if (fd >= 0)
			close(fd);
	}
	return 0;
}

/* COUNT PATH: the same with more than a second between two. */
static int try_patient(char **args)
{
	char once[] = "1";
	char *one[] = {once, args[1]};

	for (int i = 0; i < atoi(args[0]); i++) {
		try_stubborn(one);
		usleep(1200000);
	}
	return 0;
}

static const struct {
	const char *name;
	int arguments;
	int (*run)(char **args);
} operations[] = {
	{"open", 2, try_open},
	{"creat", 1, try_creat},
	{"openat", 2, try_openat},
	{"openat2", 2, try_openat2},
	{"relative", 2, try_relative},
	{"dirfd", 2, try_dirfd},
	{"reopen", 1, try_reopen},
	{"unfaulted", 1, try_unfaulted},
	{"bind-mount", 2, try_bind_mount},
	{"truncate", 1, try_truncate},
	{"rename", 2, try_rename},
	{"unlink", 1, try_unlink},
	{"link", 2, try_link},
	{"symlink", 2, try_symlink},
	{"chmod", 1, try_chmod},
	{"mkdir", 1, try_mkdir},
	{"overlay", 4, try_overlay},
	{"stat", 1, try_stat},
	{"connect", 3, try_connect},
	{"sendto", 2, try_sendto},
	{"sendto-unspec", 2, try_sendto_unspec},
	{"sendmsg", 2, try_sendmsg},
	{"bind", 3, try_bind},
	{"listen", 2, try_listen},
	{"listen-moved", 2, try_listen_moved},
	{"connect-mapped", 2, try_connect_mapped},
	{"accept", 2, try_accept},
	{"recv", 2, try_recv},
	{"send-elsewhere", 3, try_send_elsewhere},
	{"exec", 1, try_exec},
	{"map", 1, try_map},
	{"ptrace", 0, try_ptrace},
	{"traceme", 0, try_traceme},
	{"finit_module", 1, try_finit_module},
	{"init_module", 0, try_init_module},
	{"bpf", 0, try_bpf},
	{"stubborn", 2, try_stubborn},
	{"patient", 2, try_patient},
};

/* PROGRAM ARGUMENT...: root without a single capability. */
static void run_uncapped(char **argv)
{
	for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
		arrange(!prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "a smaller bounding set");
	execv(argv[0], argv);
	arrange(0, argv[0]);
}

int main(int argc, char *argv[])
{
	if (argc > 2 && !strcmp(argv[1], "uncapped"))
		run_uncapped(argv + 2);
	/* Executed by try_exec: that it runs is the answer. */
	if (argc == 1) {
		puts("0");
		return 0;
	}
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		if (strcmp(argv[1], operations[i].name) || argc - 2 != operations[i].arguments)
			continue;
		printf("%d\n", operations[i].run(argv + 2));
		return 0;
	}
	fprintf(stderr, "attempt: no such operation, or not with %d arguments: %s\n", argc - 2,
		argv[1]);
	return 2;
}
