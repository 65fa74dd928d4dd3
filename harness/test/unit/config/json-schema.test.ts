// SPDX-License-Identifier: Apache-2.0
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { configJsonSchema } from '../../../config/file.js';
import { conventions } from '../../../contracts/registry.js';

const published = 'docs/matrix.config.schema.json';

// `npm run schema` writes it again.
it('is published as it is', async () => {
  const text = JSON.stringify(configJsonSchema(conventions));
  const formatted = await format(text, { ...(await resolveConfig(published)), parser: 'json' });
  await expect(formatted).toMatchFileSnapshot(`../../../../${published}`);
});

it('asks for three fields of an agent, and knows them all', () => {
  const schema = configJsonSchema([conventions[0]]) as {
    properties: { agent: { required: string[]; additionalProperties: boolean; properties: object } };
  };
  const { agent } = schema.properties;
  expect(agent.required).toEqual(['name', 'object', 'binary']);
  expect(agent.additionalProperties).toBe(false);
  expect(Object.keys(agent.properties)).toContain('takeover');
});
