// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "address.h"
#include "attempt.h"
#include "cgroup.h"
#include "report.h"

#define AWAIT_MS 5000

/* IP PORT */
static int try_listen(char **args)
{
	union address address;
	int fd = bound_socket(args[0], args[1], &address);

	return outcome(listen(fd, 5));
}

/* IP PORT: binds where it started, an exempt cgroup, and listens from the root cgroup. */
static int try_listen_moved(char **args)
{
	union address address;
	int fd = bound_socket(args[0], args[1], &address);

	enter_cgroup("/");
	return outcome(listen(fd, 5));
}

/* Waiting for input asks no socket hook. */
static void await_input(int fd, const char *what)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};

	arrange(poll(&ready, 1, AWAIT_MS) == 1, what);
}

/* Until that process sleeps, in the call that it is about to make. */
static void await_sleep(pid_t pid)
{
	char path[64], state = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (int i = 0; i < AWAIT_MS && state != 'S'; i++) {
		FILE *file = fopen(path, "re");

		usleep(1000);
		if (!file)
			continue;
		if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			state = 0;
		fclose(file);
	}
	arrange(state == 'S', "a waiting server");
}

static pid_t helper(void)
{
	pid_t pid = fork();

	arrange(pid >= 0, "a client");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

/* Connects from FROM, sends a byte and waits to be killed. */
static noreturn void be_client(const char *from, const union address *to)
{
	union address address;
	int fd = bound_socket(from, "0", &address);

	arrange(!connect(fd, &to->any, sizeof(to->v4)), "the client's connect");
	arrange(send(fd, "x", 1, MSG_NOSIGNAL) == 1, "the client's byte");
	for (;;)
		pause();
}

static int listener(const char *port, union address *address)
{
	int fd = bound_socket("127.0.0.1", port, address);

	arrange(!listen(fd, 5), "listen");
	return fd;
}

/* PORT CLIENT: the client is in the queue before accept is called. */
static int try_accept(char **args)
{
	union address address;
	int fd = listener(args[0], &address);

	if (!helper())
		be_client(args[1], &address);
	await_input(fd, "a connection");
	return outcome(accept4(fd, NULL, NULL, SOCK_NONBLOCK));
}

/* A connection from a client that comes after accept has been called. */
static int late_connection(char **args)
{
	union address address;
	int fd = listener(args[0], &address);
	int connection;

	if (!helper()) {
		await_sleep(getppid());
		be_client(args[1], &address);
	}
	connection = accept(fd, NULL, NULL);
	arrange(connection >= 0, "accept");
	await_input(connection, "the client's byte");
	return connection;
}

/* PORT CLIENT */
static int try_recv(char **args)
{
	char byte;

	return outcome(recv(late_connection(args), &byte, 1, MSG_DONTWAIT));
}

/* PORT CLIENT */
static int try_recvmsg(char **args)
{
	char byte;
	struct iovec data = {.iov_base = &byte, .iov_len = 1};
	struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1};

	return outcome(recvmsg(late_connection(args), &header, MSG_DONTWAIT));
}

/* PORT CLIENT ELSEWHERE: sends to the client, naming an address that the socket ignores. */
static int try_send_elsewhere(char **args)
{
	union address elsewhere;
	socklen_t len = parse_address(args[2], "9", &elsewhere);

	return outcome(sendto(late_connection(args), "x", 1, MSG_NOSIGNAL, &elsewhere.any, len));
}

const struct operation listen_operations[] = {
	{"listen", 2, try_listen, SHARED},
	{"listen-moved", 2, try_listen_moved, SHARED},
	{"accept", 2, try_accept, OWNED},
	{"recv", 2, try_recv, OWNED},
	{"recvmsg", 2, try_recvmsg, OWNED},
	{"send-elsewhere", 3, try_send_elsewhere, OWNED},
	{0},
};
