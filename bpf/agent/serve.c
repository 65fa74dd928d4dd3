/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "reload.h"
#include "serve.h"

/* How often path rules are looked at again. */
#define REFRESH_MS 1000

int serve_catch_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static unsigned long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/* False when the agent is to end. */
static bool take_signal(struct agent *agent, int signals)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return errno == EINTR;
	if (info.ssi_signo != SIGHUP)
		return false;
	reload(agent);
	return true;
}

void serve(struct agent *agent, int signals)
{
	struct pollfd ready[] = {
		{.fd = signals, .events = POLLIN},
		{.fd = ring_buffer__epoll_fd(agent->events), .events = POLLIN},
	};
	unsigned long long refreshed = now_ms();

	for (;;) {
		int count = poll(ready, 2, REFRESH_MS);

		if (count < 0 && errno != EINTR)
			return;
		if (count > 0 && ready[0].revents && !take_signal(agent, signals))
			return;
		ring_buffer__consume(agent->events);
		/* However many events wake the loop up. */
		if (now_ms() - refreshed < REFRESH_MS)
			continue;
		apply_refresh(&agent->object, &agent->applied);
		refreshed = now_ms();
	}
}
