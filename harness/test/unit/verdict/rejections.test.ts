// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { causeIds } from '../../../model/cause.js';
import { causePage } from '../../../verdict/causes.js';
import { rejections } from '../../fixtures/rejections.js';

describe('the pages about causes', () => {
  it.each(causeIds)('%s has a page that names its object, and the object is there', async (id) => {
    const { object } = rejections[id];
    const page = await readFile(causePage(id), 'utf8');
    expect(page).toContain(`bpf/variants/${object}.bpf.c`);
    for (const heading of ['## The verdict', '## Why', '## What to do', '## Measured']) expect(page).toContain(heading);
    expect(await readFile(`bpf/variants/${object}.bpf.c`, 'utf8')).toContain(rejections[id].program ?? '');
  });

  it('are all in the index, and there is none without a cause', async () => {
    const index = await readFile('docs/rejections/README.md', 'utf8');
    for (const id of causeIds) expect(index).toContain(`(${id}.md)`);
    const pages = (await readdir('docs/rejections')).filter((name) => name !== 'README.md');
    expect(pages.sort()).toEqual(causeIds.map((id) => `${id}.md`).sort());
  });
});
