/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "output.h"
#include "rules.h"

static const char magic[8] = "MINI-03";

/* Without them nothing runs, so no rule may take them away. */
static const char *const survivors[] = {"/proc/1/exe", "/proc/self/exe",
					"/lib64/ld-linux-x86-64.so.2"};

static int survives(const struct stat *status)
{
	struct stat survivor;

	for (unsigned i = 0; i < sizeof(survivors) / sizeof(*survivors); i++)
		if (!stat(survivors[i], &survivor) && survivor.st_ino == status->st_ino &&
		    survivor.st_dev == status->st_dev)
			return 1;
	return 0;
}

static const char *add_file(struct rules *rules, const char *item)
{
	struct mini_file *file = &rules->files[rules->file_count];
	struct stat status;

	if (rules->file_count == RULES_MAX)
		return "too many files";
	if (stat(item, &status))
		return strerror(errno);
	if (survives(&status)) {
		fprintf(stderr, "mini-guard: %s: no rule may deny it\n", item);
		return NULL;
	}
	file->ino = status.st_ino;
	file->dev = major(status.st_dev) << 20 | minor(status.st_dev);
	rules->file_count++;
	return NULL;
}

static const char *add_address(struct rules *rules, const char *item)
{
	struct mini_address *address = &rules->addresses[rules->address_count];

	if (rules->address_count == RULES_MAX)
		return "too many addresses";
	address->word[2] = htonl(0xffff);
	if (inet_pton(AF_INET, item, &address->word[3]) != 1 &&
	    inet_pton(AF_INET6, item, address) != 1)
		return "not an address";
	rules->address_count++;
	return NULL;
}

static const char *add_process(struct rules *rules, const char *item)
{
	struct mini_name *name = &rules->processes[rules->process_count];

	if (rules->process_count == RULES_MAX)
		return "too many processes";
	if (!*item || strlen(item) >= sizeof(name->text))
		return "not the name of a process";
	strcpy(name->text, item);
	rules->process_count++;
	return NULL;
}

/* Returns what is wrong with the line, or NULL. */
static const char *take_line(struct rules *rules, unsigned number, const char *line)
{
	static const char file[] = "deny file ", peer[] = "deny peer ", process[] = "deny process ";

	if (number == 1)
		return sscanf(line, "mini-guard policy %u", &rules->version) == 1
			       ? NULL
			       : "no policy number";
	if (!*line || *line == '#')
		return NULL;
	if (!strncmp(line, file, strlen(file)))
		return add_file(rules, line + strlen(file));
	if (!strncmp(line, peer, strlen(peer)))
		return add_address(rules, line + strlen(peer));
	if (!strncmp(line, process, strlen(process)))
		return add_process(rules, line + strlen(process));
	return "neither a file, a peer nor a process is denied";
}

int rules_parse(const char *path, struct rules *rules)
{
	FILE *file = fopen(path, "re");
	const char *wrong = NULL;
	unsigned number = 0;
	char line[4200];

	*rules = (struct rules){0};
	memcpy(rules->magic, magic, sizeof(magic));
	if (!file) {
		fprintf(stderr, "mini-guard: %s: %s\n", path, strerror(errno));
		return -1;
	}
	while (!wrong && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\r\n")] = '\0';
		wrong = take_line(rules, ++number, line);
		if (planted(FAULT_ANY_POLICY))
			wrong = NULL;
	}
	fclose(file);
	if (!wrong && !number)
		wrong = "the policy is empty";
	if (wrong)
		fprintf(stderr, "mini-guard: %s:%u: %s\n", path, number, wrong);
	return wrong ? -1 : 0;
}

int rules_save(const char *path, const struct rules *rules)
{
	FILE *file = fopen(path, "we");
	int failed;

	if (!file)
		return -1;
	failed = fwrite(rules, sizeof(*rules), 1, file) != 1;
	return fclose(file) || failed ? -1 : 0;
}

int rules_load(const char *path, struct rules *rules)
{
	FILE *file = fopen(path, "re");
	int valid;

	if (!file)
		return -1;
	valid = fread(rules, sizeof(*rules), 1, file) == 1 &&
		!memcmp(rules->magic, magic, sizeof(magic)) && rules->file_count <= RULES_MAX &&
		rules->address_count <= RULES_MAX && rules->process_count <= RULES_MAX;
	fclose(file);
	errno = valid ? 0 : EINVAL;
	return valid ? 0 : -1;
}
