// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <gelf.h>
#include <linux/bpf.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "unresolved.h"

/* The head of .BTF.ext (Documentation/bpf/btf.rst); all lines of a section follow one another. */
struct ext_header {
	uint16_t magic;
	uint8_t version;
	uint8_t flags;
	uint32_t header_len;
	uint32_t func_info_off;
	uint32_t func_info_len;
	uint32_t line_info_off;
	uint32_t line_info_len;
};

struct ext_section {
	uint32_t name_off;
	uint32_t count;
};

struct elf_object {
	Elf *elf;
	size_t names;
	struct btf *btf;
	/* .BTF.ext, or NULL. */
	Elf_Data *ext;
	Elf_Data *symbols;
	GElf_Shdr symbols_header;
};

/* The last line that begins at or before the byte `offset` of a section. False: there is none. */
static bool find_line(const struct elf_object *object, const char *section, uint64_t offset,
		      struct bpf_line_info *found)
{
	struct ext_header header;
	struct ext_section head;
	uint32_t record;
	bool is_found = false;

	if (!object->ext || !object->btf || object->ext->d_size < sizeof(header))
		return false;
	memcpy(&header, object->ext->d_buf, sizeof(header));
	size_t at = (size_t)header.header_len + header.line_info_off;
	size_t end = at + header.line_info_len;

	if (end > object->ext->d_size || at + sizeof(record) > end)
		return false;
	const uint8_t *data = object->ext->d_buf;

	memcpy(&record, data + at, sizeof(record));
	at += sizeof(record);
	while (record >= sizeof(*found) && at + sizeof(head) <= end) {
		memcpy(&head, data + at, sizeof(head));
		at += sizeof(head);
		const char *name = btf__name_by_offset(object->btf, head.name_off);
		bool is_here = name && !strcmp(name, section);

		for (uint32_t i = 0; i < head.count && at + record <= end; i++, at += record) {
			struct bpf_line_info line;

			memcpy(&line, data + at, sizeof(line));
			if (is_here && line.insn_off <= offset) {
				*found = line;
				is_found = true;
			}
		}
	}
	return is_found;
}

static void put_use(struct out *out, const struct elf_object *object, const char *symbol,
		    const char *section, uint64_t offset)
{
	size_t mark = out_open(out, F_UNRESOLVED);
	struct bpf_line_info line;

	out_string(out, F_NAME, symbol);
	out_string(out, F_SECTION, section);
	out_u64(out, F_INSN, offset / sizeof(struct bpf_insn));
	if (find_line(object, section, offset, &line)) {
		out_string(out, F_FILE, btf__name_by_offset(object->btf, line.file_name_off));
		out_u64(out, F_LINE, BPF_LINE_INFO_LINE_NUM(line.line_col));
		out_u64(out, F_COLUMN, BPF_LINE_INFO_LINE_COL(line.line_col));
		out_string(out, F_TEXT, btf__name_by_offset(object->btf, line.line_off));
	}
	out_close(out, mark);
}

static const char *section_name(const struct elf_object *object, Elf_Scn *section,
				GElf_Shdr *header)
{
	const char *name = gelf_getshdr(section, header)
				   ? elf_strptr(object->elf, object->names, header->sh_name)
				   : NULL;

	return name ? name : "";
}

static void put_uses(struct out *out, const struct elf_object *object, Elf_Scn *section,
		     const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Shdr target_header;
	Elf_Scn *target = elf_getscn(object->elf, header->sh_info);
	const char *name = target ? section_name(object, target, &target_header) : "";

	/* Debug information names externs as well; nothing there runs. */
	if (!data || !header->sh_entsize || !target || !(target_header.sh_flags & SHF_EXECINSTR))
		return;
	for (size_t i = 0; i < header->sh_size / header->sh_entsize && !out_crowded(out); i++) {
		GElf_Sym symbol;
		GElf_Rel rel;

		if (!gelf_getrel(data, i, &rel) ||
		    !gelf_getsym(object->symbols, GELF_R_SYM(rel.r_info), &symbol))
			continue;
		const char *wanted =
			elf_strptr(object->elf, object->symbols_header.sh_link, symbol.st_name);

		if (symbol.st_shndx == SHN_UNDEF && wanted && *wanted)
			put_use(out, object, wanted, name, rel.r_offset);
	}
}

static void put_all_uses(struct out *out, struct elf_object *object)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(object->elf, section))) {
		const char *name = section_name(object, section, &header);

		if (header.sh_type == SHT_SYMTAB) {
			object->symbols = elf_getdata(section, NULL);
			object->symbols_header = header;
		} else if (!strcmp(name, ".BTF.ext")) {
			object->ext = elf_getdata(section, NULL);
		}
	}
	while (object->symbols && (section = elf_nextscn(object->elf, section))) {
		section_name(object, section, &header);
		if (header.sh_type == SHT_REL)
			put_uses(out, object, section, &header);
	}
}

void unresolved(const void *input, struct out *out, struct progress *progress)
{
	struct elf_object object = {0};
	int fd = open(input, O_RDONLY | O_CLOEXEC);

	progress_at(progress, STAGE_OPEN, NULL);
	if (fd < 0 || elf_version(EV_CURRENT) == EV_NONE)
		return;
	object.elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (object.elf && !elf_getshdrstrndx(object.elf, &object.names)) {
		struct btf *btf = btf__parse_elf(input, NULL);

		object.btf = libbpf_get_error(btf) ? NULL : btf;
		put_all_uses(out, &object);
		btf__free(object.btf);
	}
	elf_end(object.elf);
	close(fd);
}
