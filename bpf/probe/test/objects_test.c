// SPDX-License-Identifier: Apache-2.0
/* Programs, links and agent_config as the oracle prints them, of kernels of every kind. */
#include <errno.h>

#include "agent/test/check.h"
#include "capture.h"
#include "fake_kernel.h"
#include "probe/oracle/objects.h"

static struct btf_hook known[] = {{40, "file_open"}, {77, "bpf"}};
static const struct btf_hooks hooks = {known, 2};
static const struct btf_hooks no_hooks = {0};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* One list: what it prints, what it returns, and that no descriptor stays open. */
#define EXPECT(call, result, text)                                                                 \
	do {                                                                                       \
		unsigned fds = fake_open_fds();                                                    \
		int got;                                                                           \
		const char *printed;                                                               \
		capture_begin();                                                                   \
		got = (call);                                                                      \
		printed = capture_end();                                                           \
		CHECK(got == (result), "%s gives %d", #call, got);                                 \
		CHECK_TEXT(printed, text);                                                         \
		CHECK(fake_open_fds() == fds, "%s leaves a descriptor open", #call);               \
	} while (0)

static struct fake_object program(unsigned id, const char *name, unsigned type, unsigned target)
{
	struct fake_object object = {.kind = FAKE_PROGRAM};

	object.program.id = id;
	object.program.run_cnt = id * 2;
	object.program.type = type;
	object.program.attach_btf_id = target;
	snprintf(object.program.name, sizeof(object.program.name), "%s", name);
	return object;
}

static struct fake_object link_of(unsigned id, unsigned type, unsigned attach, unsigned target)
{
	struct fake_object object = {.kind = FAKE_LINK};

	object.link.id = id;
	object.link.prog_id = id + 100;
	object.link.type = type;
	object.link.tracing.attach_type = attach;
	object.link.tracing.target_btf_id = target;
	return object;
}

static struct fake_object map(const char *name, unsigned type, const void *value, unsigned size)
{
	struct fake_object object = {.kind = FAKE_MAP, .value = value};

	object.map.type = type;
	object.map.value_size = size;
	snprintf(object.map.name, sizeof(object.map.name), "%s", name);
	return object;
}

static void check_programs(void)
{
	struct fake_object objects[] = {
		program(7, "deny_open", BPF_PROG_TYPE_LSM, 40),
		program(8, "with\"quote", BPF_PROG_TYPE_TRACEPOINT, 40),
		program(9, "of_the_future", 9999, 0),
		program(10, "elsewhere", BPF_PROG_TYPE_LSM, 41),
	};

	fake_kernel_has(objects, COUNT(objects), ENOENT);
	EXPECT(print_programs(&hooks), 0,
	       "[{\"id\":7,\"runs\":14,\"name\":\"deny_open\",\"type\":\"lsm\",\"hook\":\"file_"
	       "open\"},"
	       "{\"id\":8,\"runs\":16,\"name\":\"with\\\"quote\",\"type\":\"tracepoint\",\"hook\":"
	       "null},"
	       "{\"id\":9,\"runs\":18,\"name\":\"of_the_future\",\"type\":\"unknown\",\"hook\":"
	       "null},"
	       "{\"id\":10,\"runs\":20,\"name\":\"elsewhere\",\"type\":\"lsm\",\"hook\":null}]");
	/* Without BTF no program can say where it is. */
	EXPECT(print_programs(&no_hooks) || 0, 0,
	       "[{\"id\":7,\"runs\":14,\"name\":\"deny_open\",\"type\":\"lsm\",\"hook\":null},"
	       "{\"id\":8,\"runs\":16,\"name\":\"with\\\"quote\",\"type\":\"tracepoint\",\"hook\":"
	       "null},"
	       "{\"id\":9,\"runs\":18,\"name\":\"of_the_future\",\"type\":\"unknown\",\"hook\":"
	       "null},"
	       "{\"id\":10,\"runs\":20,\"name\":\"elsewhere\",\"type\":\"lsm\",\"hook\":null}]");
	/* Gone between the list and its query: as if it had never been there. */
	objects[0].fd_error = ENOENT;
	fake_kernel_has(objects, 2, ENOENT);
	EXPECT(print_programs(&hooks), 0,
	       "[{\"id\":8,\"runs\":16,\"name\":\"with\\\"quote\",\"type\":\"tracepoint\",\"hook\":"
	       "null}]");
	fake_kernel_has(NULL, 0, ENOENT);
	EXPECT(print_programs(&hooks), 0, "[]");
}

/* Half a list must never look like a whole one. */
static void check_refusals(void)
{
	struct fake_object objects[] = {
		program(7, "a", BPF_PROG_TYPE_LSM, 40),
		link_of(1, BPF_LINK_TYPE_TRACING, BPF_LSM_MAC, 40),
		map("agent_config", BPF_MAP_TYPE_ARRAY, "x", 1),
	};
	static const int denied[] = {EPERM, EINVAL};

	for (size_t i = 0; i < COUNT(denied); i++) {
		fake_kernel_has(NULL, 0, denied[i]);
		EXPECT(print_programs(&hooks), -1, "[]");
		EXPECT(print_links(&hooks), -1, "[]");
		EXPECT(print_config(), -1, "\"config\":null,\"configs\":0");
		for (size_t object = 0; object < COUNT(objects); object++)
			objects[object].fd_error = denied[i];
		fake_kernel_has(objects, COUNT(objects), ENOENT);
		EXPECT(print_programs(&hooks), -1, "[");
		EXPECT(print_links(&hooks), -1, "[");
		EXPECT(print_config(), -1, "\"config\":null,\"configs\":0");
	}
}

static void check_links(void)
{
	struct fake_object objects[] = {
		link_of(1, BPF_LINK_TYPE_TRACING, BPF_LSM_MAC, 77),
		link_of(2, BPF_LINK_TYPE_TRACING, BPF_TRACE_FENTRY, 77),
		link_of(3, BPF_LINK_TYPE_PERF_EVENT, 0, 0),
		link_of(4, BPF_LINK_TYPE_TRACING, BPF_LSM_MAC, 0),
		link_of(5, 9999, BPF_LSM_MAC, 40),
	};

	fake_kernel_has(objects, COUNT(objects), ENOENT);
	EXPECT(print_links(&hooks), 0,
	       "[{\"id\":1,\"type\":\"tracing\",\"programId\":101,\"hook\":\"bpf\"},"
	       "{\"id\":2,\"type\":\"tracing\",\"programId\":102,\"hook\":null},"
	       "{\"id\":3,\"type\":\"perf_event\",\"programId\":103,\"hook\":null},"
	       "{\"id\":4,\"type\":\"tracing\",\"programId\":104,\"hook\":null},"
	       "{\"id\":5,\"type\":\"unknown\",\"programId\":105,\"hook\":null}]");
	/* Not attached yet is not there; that is another errno than gone. */
	objects[0].fd_error = EAGAIN;
	objects[1].fd_error = ENOENT;
	fake_kernel_has(objects, 3, ENOENT);
	EXPECT(print_links(&hooks), 0,
	       "[{\"id\":3,\"type\":\"perf_event\",\"programId\":103,\"hook\":null}]");
}

static void check_config(void)
{
	static const unsigned char value[] = {0x01, 0x00, 0xff, 0x0a};
	struct fake_object objects[] = {
		map("events", BPF_MAP_TYPE_RINGBUF, NULL, 0),
		map("agent_config", BPF_MAP_TYPE_HASH, value, 4),
		map("agent_config", BPF_MAP_TYPE_ARRAY, value, 4),
		map("agent_config_2", BPF_MAP_TYPE_ARRAY, value, 4),
		map("agent_config", BPF_MAP_TYPE_ARRAY, value, 4),
	};

	fake_kernel_has(objects, 4, ENOENT);
	EXPECT(print_config(), 0, "\"config\":\"0100ff0a\",\"configs\":1");
	/* Of two nobody knows which one counts. */
	fake_kernel_has(objects, 5, ENOENT);
	EXPECT(print_config(), 0, "\"config\":null,\"configs\":2");
	fake_kernel_has(objects, 2, ENOENT);
	EXPECT(print_config(), 0, "\"config\":null,\"configs\":0");
	objects[2].map.value_size = 1u << 31;
	fake_kernel_has(objects, 4, ENOENT);
	EXPECT(print_config(), -1, "\"config\":,\"configs\":1");
	objects[2].map.value_size = 4;
	objects[2].value = NULL;
	fake_kernel_has(objects, 4, ENOENT);
	EXPECT(print_config(), -1, "\"config\":,\"configs\":1");
}

int main(void)
{
	check_programs();
	check_refusals();
	check_links();
	check_config();
	return conclude("oracle objects");
}
