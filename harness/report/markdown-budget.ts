/** GitHub drops a step summary over 1 MiB; the rest is for what other steps of the job write. */
export const markdownLimit = 900 * 1024;

export interface Section {
  readonly title: string | null;
  /** Blocks that are kept or left out whole. */
  readonly blocks: readonly (readonly string[])[];
}

/**
 * The sections in order, as much as fits into `limit` bytes. Each section that lost blocks says how many, so that
 * nothing goes missing in silence; sections that come later may still fit.
 */
export function withinBudget(sections: readonly Section[], limit: number): string {
  // Room that the notes about what was left out may take themselves.
  let left = limit - 200 * sections.length;
  const lines: string[] = [];
  for (const { title, blocks } of sections) {
    if (blocks.length === 0) continue;
    const kept = blocks.filter((block) => {
      const size = Buffer.byteLength(block.join('\n')) + 1;
      if (size > left) return false;
      left -= size;
      return true;
    });
    if (title !== null) lines.push(`### ${title}`, '');
    lines.push(...kept.flat());
    if (kept.length < blocks.length) lines.push(leftOut(blocks.length - kept.length), '');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function leftOut(count: number): string {
  return `_${count} more left out here to stay within the size limit of a summary; all of them are in run.json._`;
}
